// Per unit: its sub-states in order, its jobs with their results, and what `systemctl show` said of the socket in the end.
import { createInterface } from "node:readline";

const units = new Map();
const of = (unit) => {
  if (!units.has(unit)) units.set(unit, { steps: [], show: [] });
  return units.get(unit);
};
// Whom a connection comes from is another each time: the number before it is what counts.
const plain = (unit) => unit.replace(/@(\d+)-.*\.service$/, "@$1.service");
for await (const line of createInterface({ input: process.stdin })) {
  const shown = /^SHOW (\S+) (.*)$/.exec(line);
  if (shown) of(shown[1]).show.push(shown[2]);
  if (!line.startsWith("{")) continue;
  const { MESSAGE = "" } = JSON.parse(line);
  const changed = /^(s-\d+\S*\.(?:socket|service)): Changed (\S+) -> (\S+)$/.exec(MESSAGE);
  if (changed) of(plain(changed[1])).steps.push(changed[3]);
  const job = /^(s-\d+\S*\.(?:socket|service)): Job \d+ \S+\/(\S+) finished, result=(\S+)$/.exec(MESSAGE);
  if (job) of(plain(job[1])).steps.push(`(${job[2]} ${job[3]})`);
}
const number = (unit) => Number(/\d+/.exec(unit)[0]);
const order = ([a], [b]) => number(a) - number(b) || (a < b ? -1 : 1);
for (const [unit, { steps, show }] of [...units].sort(order))
  console.log(`${unit}: ${steps.join(" ")}\n  ${show.sort().join(" ")}`);
