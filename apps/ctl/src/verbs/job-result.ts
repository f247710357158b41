/** What to say of a job that did not end well, in systemctl's words. */
import type { EndedJob } from "../bus/job-waiter.ts";
import { type Context, program } from "../context.ts";

const reasons: { readonly [result: string]: string } = {
  resources: "of unavailable resources or another system error",
  protocol: "the service did not take the steps required by its unit configuration",
  timeout: "a timeout was exceeded",
  "exit-code": "the control process exited with error code",
  signal: "a fatal signal was delivered to the control process",
  "core-dump": "a fatal signal was delivered causing the control process to dump core",
  watchdog: "the service failed to send watchdog ping",
  "start-limit-hit": "start of the service was attempted too often",
};

const sentences: { readonly [result: string]: (unit: string) => string } = {
  canceled: (unit) => `Job for ${unit} canceled.`,
  timeout: (unit) => `Job for ${unit} timed out.`,
  dependency: (unit) => `A dependency job for ${unit} failed. See '${program} logs -xe' for details.`,
  invalid: (unit) => `${unit} is not active, cannot reload.`,
  assert: (unit) => `Assertion failed on job for ${unit}.`,
  unsupported: (unit) => `Operation on or unit type of ${unit} not supported on this system.`,
  collected: (unit) => `Queued job for ${unit} was garbage collected.`,
  once: (unit) => `Unit ${unit} was started already once and can't be started again.`,
};

/** Whether the job ended well. Prints why not, unless --quiet. */
export async function judgeJob(context: Context, job: EndedJob): Promise<boolean> {
  if (job.result === "done" || job.result === "skipped") return true;
  if (context.options.quiet === true) return false;
  const sentence = sentences[job.result];
  context.out.error(sentence === undefined ? await failureText(context, job.unit) : sentence(job.unit));
  return false;
}

async function failureText({ manager, options }: Context, unit: string): Promise<string> {
  const user = options.user === true ? " --user" : "";
  if (!unit.endsWith(".service")) return `Job failed. See "${program} logs${user} -xe" for details.`;
  const result = String(await manager.getUnit(unit, "Result", "Service").catch(() => ""));
  const reason = reasons[result];
  const because = reason === undefined ? "" : ` because ${reason}`;
  const see = `See "${program}${user} status ${unit}" and "${program}${user} logs -xeu ${unit}" for details.`;
  const again = `To force a start use "${program}${user} reset-failed ${unit}"\nfollowed by "${program}${user} start ${unit}" again.`;
  return `Job for ${unit} failed${because}.\n${see}${result === "start-limit-hit" ? `\n${again}` : ""}`;
}
