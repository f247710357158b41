/** A time line as a drawing: one lane for each unit, coloured by what it is, under what was done to the machine. */
import type { ActiveState } from "@steward/graph";
import type { Timeline, TimelineEntry } from "@steward/state-machine";
import { type Scale, timeScale } from "./scale.ts";
import { clockText } from "./text.ts";

const LANE = 40;
const BAR = 24;
const FLAG = 20;
const RIGHT = 40;
const TITLE = 52;
const CHAR = 6.6;

/** Fills and the colour of what is written on them; quiet on white, and still told apart by who sees no red and green. */
const look: Readonly<Record<ActiveState, { readonly fill: string; readonly text: string }>> = {
  active: { fill: "#3a9d78", text: "#ffffff" },
  activating: { fill: "#f2c14e", text: "#4a3500" },
  reloading: { fill: "#5b8fd6", text: "#ffffff" },
  deactivating: { fill: "#e58a4b", text: "#3d1c00" },
  failed: { fill: "#c8434f", text: "#ffffff" },
  inactive: { fill: "#d9dee5", text: "#5b6672" },
  maintenance: { fill: "#9b7fc4", text: "#ffffff" },
};

const style = `
  text { font-family: "Inter", "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; font-size: 12px; fill: #27313b; }
  .title { font-size: 18px; font-weight: 600; }
  .faint { fill: #7a8591; font-size: 11px; }
  .unit { font-weight: 600; }
  .sub { font-size: 11px; }
  .page { fill: #ffffff; }
  .lane { fill: #f6f8fa; }
  .grid { stroke: #e3e8ed; stroke-width: 1; }
  .action { stroke: #8a96a3; stroke-width: 1; stroke-dasharray: 3 3; }
  .flag { fill: #2f4858; }
  .told { stroke: #ffffff; stroke-width: 4px; paint-order: stroke; }
  .dot { stroke: #ffffff; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #dfe6ec; } .faint { fill: #93a0ad; } .page { fill: #161b22; } .lane { fill: #1d242d; } .grid { stroke: #2d3742; }
    .action { stroke: #6b7886; } .flag { fill: #9db8c9; } .dot, .told { stroke: #161b22; } .on-light { fill: #27313b; }
  }`;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char]!);

interface Span {
  readonly fromUsec: number;
  readonly toUsec: number;
  readonly activeState: ActiveState;
  readonly subState: string;
  /** Result=, where it failed. */
  readonly result?: string;
}

/** What a unit was, from when to when. */
function spansOf(unit: string, { entries, endUsec }: Timeline): Span[] {
  const changes = entries.flatMap((entry) => (entry.kind === "state" && entry.unit === unit ? [entry] : []));
  const spans: Span[] = [];
  let fromUsec = 0;
  let state: Pick<Span, "activeState" | "subState" | "result"> | undefined = changes[0]?.from;
  for (const change of changes) {
    if (state !== undefined && change.atUsec > fromUsec) spans.push({ fromUsec, toUsec: change.atUsec, ...state });
    fromUsec = change.atUsec;
    const failed = change.to.activeState === "failed" && change.result !== undefined;
    state = failed ? { ...change.to, result: change.result! } : change.to;
  }
  if (state !== undefined) spans.push({ fromUsec, toUsec: endUsec, ...state });
  return spans;
}

function bar(span: Span, y: number, scale: Scale): string {
  const x = scale.at(span.fromUsec);
  const width = Math.max(1.5, scale.at(span.toUsec) - x);
  const { fill, text } = look[span.activeState];
  const label = span.result === undefined ? span.subState : `${span.subState}: ${span.result}`;
  const title = `<title>${escaped(`${span.activeState} (${label}), ${clockText(span.fromUsec)} to ${clockText(span.toUsec)}`)}</title>`;
  if (span.activeState === "inactive")
    return `<g>${title}<line x1="${round(x)}" x2="${round(x + width)}" y1="${y + LANE / 2}" y2="${y + LANE / 2}" stroke="${fill}" stroke-width="3"/></g>`;
  const fits = width > label.length * CHAR + 10;
  const name = fits
    ? `<text class="sub on-light" x="${round(x + width / 2)}" y="${y + LANE / 2 + 4}" text-anchor="middle" style="fill:${text}">${escaped(label)}</text>`
    : "";
  const shape = `<rect x="${round(x)}" y="${y + (LANE - BAR) / 2}" width="${round(width)}" height="${BAR}" rx="${width > 8 ? 4 : 1}" fill="${fill}"/>`;
  return `<g>${title}${shape}${name}</g>`;
}

const round = (value: number): string => String(Math.round(value * 10) / 10);

const dotFill = { good: "#2f6fb5", bad: "#c8434f", timer: "#8a6fbf" } as const;
/** systemd.service(5), SuccessExitStatus=: four signals are a clean end. */
const bad = /dumps|cannot|exits [1-9]|OOM|dies of SIG(?!TERM|HUP|INT|PIPE)/;

/** Ends and messages of processes, as dots on their unit's lane. */
function dots(unit: string, y: number, { entries }: Timeline, scale: Scale): string[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== "event" || entry.unit !== unit) return [];
    const fill = bad.test(entry.text) ? dotFill.bad : entry.text.startsWith("timer") ? dotFill.timer : dotFill.good;
    const place = `cx="${round(scale.at(entry.atUsec))}" cy="${y + LANE / 2 + BAR / 2}"`;
    return [
      `<circle class="dot" ${place} r="4" fill="${fill}"><title>${escaped(`${clockText(entry.atUsec)} ${entry.text}`)}</title></circle>`,
    ];
  });
}

interface Flag {
  readonly x: number;
  readonly text: string;
  readonly row: number;
  readonly leftward: boolean;
}

type Told = Extract<TimelineEntry, { kind: "action" | "recovered" | "system" }>;

const toldText = (entry: Told): string =>
  entry.kind === "action" ? entry.text : entry.kind === "system" ? entry.action : "manager killed, recovered";

/** The line before says already that the manager dies. */
const saysSo = (entry: TimelineEntry | undefined): boolean => entry?.kind === "action" && entry.text === "manager dies";

/** Puts the labels of actions into as few rows as hold them without a collision. */
function flags({ entries }: Timeline, scale: Scale, width: number): Flag[] {
  const ends: number[] = [];
  return entries
    .filter((entry, i) => entry.kind !== "recovered" || !saysSo(entries[i - 1]))
    .filter((entry): entry is Told => entry.kind === "action" || entry.kind === "recovered" || entry.kind === "system")
    .map((entry) => {
      const text = toldText(entry);
      const x = scale.at(entry.atUsec);
      const length = text.length * CHAR + 22;
      const leftward = x + length > width - 8;
      const begin = leftward ? x - length : x;
      let row = ends.findIndex((end) => end <= begin);
      if (row < 0) row = ends.length;
      ends[row] = Math.max(ends[row] ?? 0, begin + length);
      return { x, text, row, leftward };
    });
}

function flagShapes(all: readonly Flag[], top: number, bottom: number): string[] {
  const rows = Math.max(0, ...all.map(({ row }) => row + 1));
  return all.map(({ x, text, row, leftward }) => {
    // The first row is the nearest to the lanes.
    const y = top + (rows - 1 - row) * FLAG;
    const line = `<line class="action" x1="${round(x)}" x2="${round(x)}" y1="${y + 4}" y2="${bottom}"/>`;
    const points = leftward
      ? `${x},${y + 3} ${x - 9},${y + 8} ${x},${y + 13}`
      : `${x},${y + 3} ${x + 9},${y + 8} ${x},${y + 13}`;
    const label = `<text class="told" x="${round(leftward ? x - 13 : x + 13)}" y="${y + 12}"${leftward ? ' text-anchor="end"' : ""}>${escaped(text)}</text>`;
    return `${line}<polygon class="flag" points="${points}"/>${label}`;
  });
}

function ticks(scale: Scale, top: number, bottom: number): string[] {
  return scale.ticks.map(
    ({ x, atUsec }) =>
      `<line class="grid" x1="${round(x)}" x2="${round(x)}" y1="${top}" y2="${bottom}"/><text class="faint" x="${round(x)}" y="${bottom + 16}" text-anchor="middle">${clockText(atUsec)}</text>`,
  );
}

function legend(shown: ReadonlySet<ActiveState>, x: number, y: number): string {
  let at = x;
  const parts = [...shown]
    .filter((state) => state !== "inactive")
    .map((state) => {
      const part = `<rect x="${round(at)}" y="${y - 10}" width="12" height="12" rx="3" fill="${look[state].fill}"/><text class="faint" x="${round(at + 17)}" y="${y}">${state}</text>`;
      at += 17 + state.length * CHAR + 18;
      return part;
    });
  for (const [name, fill] of [
    ["a process ends or says something", dotFill.good],
    ["it ends badly", dotFill.bad],
    ["a timer", dotFill.timer],
  ] as const) {
    parts.push(
      `<circle cx="${round(at + 5)}" cy="${y - 4}" r="4" fill="${fill}"/><text class="faint" x="${round(at + 14)}" y="${y}">${name}</text>`,
    );
    at += 14 + name.length * 5.9 + 18;
  }
  return `${parts.join("")}<text class="faint" x="${round(at)}" y="${y}">Long waits are drawn shorter than they are.</text>`;
}

/** The whole drawing. */
export function timelineSvg(timeline: Timeline, title: string): string {
  const units = timeline.units.map(({ unit }) => unit);
  const gutter = Math.max(120, ...units.map((unit) => unit.length * 7.4 + 36));
  const scale = timeScale([0, timeline.endUsec, ...timeline.entries.map(({ atUsec }) => atUsec)], gutter);
  const width = scale.end + RIGHT;
  const told = flags(timeline, scale, width);
  const flagRows = Math.max(0, ...told.map(({ row }) => row + 1));
  const lanesTop = TITLE + flagRows * FLAG + 10;
  const bottom = lanesTop + units.length * LANE;
  const height = bottom + 60;
  const spans = units.map((unit) => spansOf(unit, timeline));
  const lanes = units.flatMap((unit, i) => {
    const y = lanesTop + i * LANE;
    return [
      ...(i % 2 === 0 ? [`<rect class="lane" x="0" y="${y}" width="${round(width)}" height="${LANE}"/>`] : []),
      `<text class="unit" x="${gutter - 16}" y="${y + LANE / 2 + 4}" text-anchor="end">${escaped(unit)}</text>`,
    ];
  });
  const bars = units.flatMap((unit, i) => {
    const y = lanesTop + i * LANE;
    return [...spans[i]!.map((span) => bar(span, y, scale)), ...dots(unit, y, timeline, scale)];
  });
  const states = new Set(spans.flat().map(({ activeState }) => activeState));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${height}" width="${round(width)}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}\n</style>`,
    `<rect class="page" width="100%" height="100%"/>`,
    `<text class="title" x="20" y="32">${escaped(title)}</text>`,
    ...lanes,
    ...ticks(scale, lanesTop, bottom),
    ...flagShapes(told, TITLE, bottom),
    ...bars,
    legend(states, 20, bottom + 44),
    "</svg>",
    "",
  ].join("\n");
}
