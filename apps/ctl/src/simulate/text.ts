/** A time line as text: the time, the unit, and what became of it. */
import type { ShownState, Timeline, TimelineEntry } from "@steward/state-machine";
import { green, grey, highlight, highlightGreen, highlightRed, highlightYellow, red } from "../print/terminal.ts";

/** Minutes, seconds and as many digits as say something: 0.000, 5.050, 1:30.000. */
export function clockText(usec: number): string {
  const total = Math.floor(usec / 1_000);
  const ms = String(total % 1_000).padStart(3, "0");
  const seconds = Math.floor(total / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  if (hours > 0) return `${hours}:${two(minutes)}:${two(rest)}.${ms}`;
  return minutes > 0 ? `${minutes}:${two(rest)}.${ms}` : `${rest}.${ms}`;
}

const paints: Readonly<Record<string, (text: string) => string>> = {
  active: highlightGreen,
  failed: highlightRed,
  activating: highlightYellow,
  deactivating: highlightYellow,
  reloading: highlightYellow,
};

function stateText({ activeState, subState }: ShownState): string {
  return (paints[activeState] ?? grey)(`${activeState} (${subState})`);
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

function entryText(entry: TimelineEntry): string {
  switch (entry.kind) {
    case "action":
      return highlight(`▶ ${entry.text}`);
    case "missed":
      return highlightYellow(`  nothing came of it: ${entry.text}`);
    case "refused":
      return highlightRed(`  refused: ${entry.error}`);
    case "recovered":
      return highlightYellow("↻ the manager was killed and has recovered");
    case "system":
      return highlightRed(`■ ${entry.action}, because of ${entry.source}`);
    case "event":
      return entry.text;
    case "state": {
      const why = entry.result === undefined ? "" : red(`, Result=${entry.result}`);
      return `${stateText(entry.from)} → ${stateText(entry.to)}${why}`;
    }
    case "job": {
      const paint = entry.result === "done" ? green : red;
      return `job ${entry.job} ${entry.type}: ${paint(entry.result)}`;
    }
    case "log":
      return (entry.priority <= 3 ? red : grey)(entry.message);
  }
}

const unitOf = (entry: TimelineEntry): string => ("unit" in entry && entry.unit !== undefined ? entry.unit : "");

/** Log lines begin with the unit's name already; what stands in the column beside them need not be said twice. */
function withoutName(entry: TimelineEntry): TimelineEntry {
  if (entry.kind !== "log" || entry.unit === undefined) return entry;
  return { ...entry, message: entry.message.replace(`${entry.unit}: `, "") };
}

/** The lines of a time line, and how everything stands at its end. */
export function timelineLines(timeline: Timeline, options: { readonly quiet: boolean }): string[] {
  const entries = timeline.entries.filter(
    (entry) => !options.quiet || (entry.kind !== "log" && entry.kind !== "event"),
  );
  const times = Math.max(clockText(timeline.endUsec).length, 5);
  const names = Math.max(
    0,
    ...entries.map((entry) => unitOf(entry).length),
    ...timeline.units.map(({ unit }) => unit.length),
  );
  const lines: string[] = [];
  let last = "";
  for (const entry of entries) {
    const time = clockText(entry.atUsec);
    const shown = (time === last ? "" : time).padStart(times);
    last = time;
    const unit = unitOf(entry);
    const text = entryText(withoutName(entry));
    lines.push(unit === "" ? `${grey(shown)}  ${text}` : `${grey(shown)}  ${unit.padEnd(names)}  ${text}`);
  }
  return [...lines, "", ...endLines(timeline, names)];
}

function endLines({ units, waiting, endUsec, complete }: Timeline, names: number): string[] {
  const lines = [
    highlight(
      complete
        ? `At ${clockText(endUsec)}:`
        : `Stopped at ${clockText(endUsec)}: units restart each other without a pause.`,
    ),
  ];
  for (const { unit, result, restarts, ...state } of units) {
    const more = [
      ...(result === undefined ? [] : [`Result=${result}`]),
      ...(restarts === undefined ? [] : [plural(restarts, "restart")]),
    ];
    lines.push(`  ${unit.padEnd(names)}  ${stateText(state)}${more.length === 0 ? "" : `, ${more.join(", ")}`}`);
  }
  for (const { job, unit, type, state } of waiting)
    lines.push(`  ${unit.padEnd(names)}  job ${job} ${type}: still ${state}`);
  return lines;
}
