/**
 * Same time: generated calendar expressions in five time zones around changes of clocks, through the genuine systemd-analyze and through
 * @steward/time: what is refused, the normal form, and the next ten elapses must be equal.
 *
 *     node --conditions=source test-fixtures/compare/calendar.ts [count] [first seed]
 */
import { calendarBlock } from "./calendar-cases.ts";
import { genuineCalendar, ourCalendar } from "./calendar-run.ts";

const size = 50;
const count = Number(process.argv[2] ?? 10_000);
const first = Number(process.argv[3] ?? 1);
let different = 0;
let refused = 0;
let gaveUp = 0;
for (let seed = first; seed < first + count / size; seed++) {
  const block = calendarBlock(seed, size);
  const [theirs, ours] = [genuineCalendar(block, 10), ourCalendar(block, 10)];
  for (const [i, expression] of block.expressions.entries()) {
    if (theirs[i] === undefined) refused++;
    if (theirs[i] === "gave up") {
      gaveUp++;
      continue;
    }
    const [a, b] = [JSON.stringify(theirs[i]), JSON.stringify(ours[i])];
    if (a === b) continue;
    different++;
    console.log(`${block.zone}, from ${block.base}: ${expression}\n    genuine: ${a}\n    ours:    ${b}`);
  }
}
console.log(`${count} expressions (${refused} refused, systemd gave up on ${gaveUp}), ${different} different`);
process.exitCode = different > 0 ? 1 : 0;
