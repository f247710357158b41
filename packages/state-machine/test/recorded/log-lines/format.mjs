// One line per journal entry: <priority> message [fields, those that name a run apart].
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.startsWith("{")) {
    console.log(line);
    continue;
  }
  const entry = JSON.parse(line);
  const { MESSAGE, PRIORITY } = entry;
  const shown = Object.keys(entry).filter((key) =>
    /^(UNIT|JOB_TYPE|JOB_RESULT|UNIT_RESULT|MESSAGE_ID|EXIT_CODE|EXIT_STATUS|COMMAND|N_RESTARTS)$/.test(key),
  );
  const fields = shown.sort().map((key) => `${key}=${entry[key]}`);
  if (entry.INVOCATION_ID) fields.push("INVOCATION_ID");
  if (entry.JOB_ID) fields.push("JOB_ID");
  console.log(`<${PRIORITY}> ${MESSAGE} [${fields.join(" ")}]`);
}
