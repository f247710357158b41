import fs from "node:fs";
import { expect, test } from "vitest";
import { calendarBlock } from "../../../test-fixtures/compare/calendar-cases.ts";
import { genuineCalendar, ourCalendar, systemZone } from "../../../test-fixtures/compare/calendar-run.ts";
import { genuineVersion } from "../../../test-fixtures/compare/install-run.ts";
import { type RecordedBlock, recordedIterations, recordedSize } from "../../../test-fixtures/compare/record-time.ts";

// Recorded from systemd-analyze 252 with: node --conditions=source test-fixtures/compare/record-time.ts
const file = new URL("./recorded/calendar.json", import.meta.url);
const recorded = JSON.parse(fs.readFileSync(file, "utf8")) as RecordedBlock[];

const noZones = systemZone("Europe/Dublin") === undefined;

test.skipIf(noZones)(
  "expressions, normal forms and elapses as recorded from systemd-analyze (needs /usr/share/zoneinfo)",
  () => {
    for (const { seed, answers } of recorded) {
      const block = calendarBlock(seed, recordedSize);
      const ours = ourCalendar(block, recordedIterations);
      for (const [i, expression] of block.expressions.entries()) {
        if (answers[i] === "gave up") continue;
        expect({ seed, expression, answer: ours[i] ?? null }).toEqual({ seed, expression, answer: answers[i] });
      }
    }
  },
);

test.skipIf(noZones || genuineVersion() !== "252")(
  "fresh expressions beside the genuine systemd-analyze (needs systemd 252)",
  () => {
    for (let seed = 30_001; seed <= 30_005; seed++) {
      const block = calendarBlock(seed, 40);
      const [theirs, ours] = [genuineCalendar(block, 5), ourCalendar(block, 5)];
      for (const [i, expression] of block.expressions.entries()) {
        if (theirs[i] === "gave up") continue;
        expect({ seed, expression, answer: ours[i] }).toEqual({ seed, expression, answer: theirs[i] });
      }
    }
  },
);
