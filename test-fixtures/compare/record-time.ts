/**
 * Records what the genuine systemd-analyze says of generated calendar expressions, for the tests of @steward/time, which then need no systemd.
 *
 *     node --conditions=source test-fixtures/compare/record-time.ts
 */
import fs from "node:fs";
import { calendarBlock } from "./calendar-cases.ts";
import { type CalendarAnswer, genuineCalendar } from "./calendar-run.ts";

/** A block of expressions in one zone from one start, and the answers in the same order; null where systemd refused. */
export interface RecordedBlock {
  readonly seed: number;
  readonly answers: readonly (CalendarAnswer | null)[];
}

export const recordedSize = 25;
export const recordedIterations = 4;

if (import.meta.main) {
  const blocks: RecordedBlock[] = [];
  for (let seed = 20_001; seed <= 20_040; seed++) {
    const answers = genuineCalendar(calendarBlock(seed, recordedSize), recordedIterations);
    blocks.push({ seed, answers: answers.map((answer) => answer ?? null) });
  }
  const file = new URL("../../packages/time/test/recorded/calendar.json", import.meta.url);
  fs.mkdirSync(new URL(".", file), { recursive: true });
  fs.writeFileSync(file, `[\n${blocks.map((block) => JSON.stringify(block)).join(",\n")}\n]\n`);
}
