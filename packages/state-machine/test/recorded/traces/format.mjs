// Per unit: its sub-states in order, its jobs with their results, and what `systemctl show` said in the end.
import { createInterface } from "node:readline";

const units = new Map();
const of = (unit) => {
  if (!units.has(unit)) units.set(unit, { steps: [], show: [] });
  return units.get(unit);
};
for await (const line of createInterface({ input: process.stdin })) {
  const shown = /^SHOW (\S+) (.*)$/.exec(line);
  if (shown) of(shown[1]).show.push(shown[2]);
  // Where a unit is looked at for so long only, what comes later is not its story.
  const end = /^END (\S+) (\d+)$/.exec(line);
  if (end) of(end[1]).end = Number(end[2]);
  if (!line.startsWith("{")) continue;
  const { MESSAGE = "", __REALTIME_TIMESTAMP: at } = JSON.parse(line);
  const late = (unit) => Number(at) > (of(unit).end ?? Number.POSITIVE_INFINITY);
  const changed = /^([tg]-\d+(?:-\w+)?\.(?:service|timer)): Changed (\S+) -> (\S+)$/.exec(MESSAGE);
  if (changed && !late(changed[1])) of(changed[1]).steps.push(changed[3]);
  const job = /^([tg]-\d+(?:-\w+)?\.(?:service|timer)): Job \d+ \S+\/(\S+) finished, result=(\S+)$/.exec(MESSAGE);
  if (job && !late(job[1])) of(job[1]).steps.push(`(${job[2]} ${job[3]})`);
}
const number = (unit) => Number(/\d+/.exec(unit)[0]);
for (const [unit, { steps, show }] of [...units].sort((a, b) => number(a[0]) - number(b[0])))
  console.log(`${unit}: ${steps.join(" ")}\n  ${show.sort().join(" ")}`);
