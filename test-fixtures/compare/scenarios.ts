/**
 * Same traces: scenarios (a tree of units, programs that behave as told, a list of commands) under the genuine systemd and under steward, each as
 * PID 1 of a lab, driven by the genuine systemctl and heard on the private socket by the same listener.
 *
 *     node --conditions=source test-fixtures/compare/scenarios.ts [FILES]       steward beside what is recorded
 *         --live        beside a genuine systemd that is booted now, and beside what is recorded
 *         --record[=N]  records systemd anew, N times (3); adds what it did to the recording
 *         --only=TEXT   scenarios with this in their name    --sample=N  N of them, spread evenly
 *         --at-once=N   how many are played at a time (8)    --print     prints them, and does nothing
 *
 * Ends with `N scenarios, N equal` and exit code 0 when all are. A scenario of FILES that has no recording is played under systemd first.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Book, books, readRecording } from "../src/scenarios/catalogue.ts";
import { compare } from "../src/scenarios/compare.ts";
import { Stage, type Trace } from "../src/scenarios/run.ts";
import { printScenario, type Scenario } from "../src/scenarios/scenario.ts";
import { isAmong, sideBySide } from "../src/scenarios/verdict.ts";

const { values, positionals } = parseArgs({
  args: process.argv.slice(2).map((word) => (word === "--record" ? "--record=3" : word)),
  allowPositionals: true,
  options: {
    live: { type: "boolean", default: false },
    record: { type: "string" },
    fresh: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    sample: { type: "string" },
    "at-once": { type: "string", default: "8" },
    print: { type: "boolean", default: false },
  },
});
const atOnce = Number(values["at-once"]);

interface Entry {
  readonly book: Book;
  readonly scenario: Scenario;
  readonly known: readonly Trace[];
}

const all: Entry[] = books(positionals).flatMap((book) => {
  const recording = values.fresh ? {} : readRecording(book);
  return book.scenarios.map((scenario) => ({ book, scenario, known: recording[scenario.name] ?? [] }));
});
const matching = all.filter(({ scenario, book }) => `${book.name}: ${scenario.name}`.includes(values.only));
const every = values.sample === undefined ? 1 : Math.max(1, matching.length / Number(values.sample));
const chosen = matching.filter((_, index) => Math.floor(index / every) !== Math.floor((index - 1) / every));

if (values.print) for (const { scenario } of chosen) console.log(printScenario(scenario));
else if (values.record !== undefined) await record(chosen, Number(values.record));
else process.exitCode = await judge(chosen);

/** What systemd does in each, a number of times. */
async function genuine(entries: readonly Entry[], times: number): Promise<Trace[][]> {
  const found: Trace[][] = entries.map(({ known }) => [...known]);
  if (entries.length === 0) return found;
  const stage = await Stage.open("systemd");
  try {
    for (let i = 0; i < times; i++) {
      const traces = await stage.play(entries.map(({ scenario }) => scenario), atOnce); // biome-ignore format: one line
      for (const [index, trace] of traces.entries()) if (!isAmong(trace, found[index]!)) found[index]!.push(trace);
    }
  } finally {
    await stage.close();
  }
  return found;
}

async function record(entries: readonly Entry[], times: number): Promise<void> {
  const traces = await genuine(entries, times);
  for (const book of new Set(entries.map((entry) => entry.book))) {
    const recording = readRecording(book);
    const present = new Set(book.scenarios.map(({ name }) => name));
    for (const [index, entry] of entries.entries())
      if (entry.book === book) recording[entry.scenario.name] = traces[index]!;
    const kept = Object.entries(recording).filter(([name]) => present.has(name));
    writeFileSync(book.recordedAt, `${JSON.stringify(Object.fromEntries(kept), undefined, 1)}\n`);
  }
  const several = traces.filter((ways) => ways.length > 1).length;
  console.log(`${entries.length} scenarios recorded, ${several} in more than one way`);
}

async function judge(entries: readonly Entry[]): Promise<number> {
  const unknown = entries.filter(({ known }) => values.live || known.length === 0);
  const live = await genuine(unknown, 1);
  const known = entries.map((entry) => live[unknown.indexOf(entry)] ?? entry.known);
  const { different, again } = await compare(
    entries.map(({ scenario }, index) => ({ scenario, known: known[index]! })),
    atOnce,
  );
  for (const { index, systemd, steward } of different) {
    const { book, scenario } = entries[index]!;
    console.log(`\n${book.name}: ${scenario.name} (${scenario.origin})\n${sideBySide(systemd, steward)}`);
  }
  const note = again > 0 ? ` (${again} of them when they were played once more)` : "";
  console.log(`${entries.length} scenarios, ${entries.length - different.length} equal${note}`);
  return different.length === 0 ? 0 : 1;
}
