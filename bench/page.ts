/** docs/benchmarks.md from what was measured. */
import { median, type Samples } from "./samples.ts";

/** The rows of the table: what it is, and the most that its ratio may be where the project has set itself a bound. */
const rows: Readonly<Record<string, readonly [title: string, bound?: number]>> = {
  "graph-reply": ["transaction over a graph of 10,000 units: `systemctl start --no-block graph.target`, ms", 1],
  "graph-start": ["… until all 10,001 jobs are done, ms", 1],
  "graph-again": ["… asked for again, with nothing left to do, ms"],
  "graph-load": ["10,000 unit files loaded for one start, ms"],
  "graph-reload": ["daemon-reload with them loaded and active, ms"],
  "graph-stop": ["10,001 units stopped through what they require, ms"],
  "oneshots-500": ["500 oneshots (`/bin/true`) from one target, ms", 0.5],
  "up-200": ["200 long-running services up, ms", 0.6],
  "stop-200": ["200 services stopped (`systemctl stop 'long-*.service'`), ms", 1],
  "kill-to-successor-100000": ["kill -9 to the successor's first act, RestartSec=0, on a machine at rest, ms", 0.5],
  "kill-to-successor-0": ["… one kill upon the other, ms"],
  "reload-700": ["daemon-reload, 700 units and the machine's own, ms"],
  "reload-one-changed": ["daemon-reload after one file changed, ms"],
  "systemctl-is-active": ["`systemctl is-active`, ms"],
  "systemctl-status": ["`systemctl status`, ms"],
  "lines-200000": ["a oneshot that writes 200,000 lines, ms"],
  "lines-200000-until-readable": ["… until journalctl shows the last, ms"],
  "idle-context-switches-count": ["context switches of all manager processes while idle, 200 services"],
  "resident-pss-kib": ["resident (PSS of all manager processes), KiB"],
};

/** What was run, and where. */
export interface Run {
  readonly ours: Samples;
  readonly theirs: Samples;
  /** Other supervisors, by name; without samples where they could not be had. */
  readonly beside: ReadonlyMap<string, Samples>;
  readonly command: string;
  readonly idleSeconds: number;
  readonly machine: string;
  readonly systemd: string;
  readonly ahead: boolean;
}

function row(run: Run, key: string): string {
  const [title, bound] = rows[key] as readonly [string, number?];
  const [a, b] = [median(run.ours, key), median(run.theirs, key)];
  const ratio = b === 0 ? "–" : (a / b).toFixed(2);
  return `| ${title} | ${a} | ${b} | ${ratio} | ${bound ?? ""} |`;
}

const shared = ["up-200", "stop-200", "kill-to-successor-100000", "resident-pss-kib"];

/** The rows that other supervisors can be asked for, too. */
function besideTable({ ours, beside }: Run): string {
  const had = [...beside].filter(([, samples]) => samples.size > 0);
  if (had.length === 0) return "";
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return `
Other supervisors, in the same run, each with its own client or directory; from the request until pgrep(1) counts 200 processes, or none:

${line(["", "steward", ...had.map(([name]) => name)])}
${line(["---", "---", ...had.map(() => "---")])}
${shared.map((key) => line([rows[key]?.[0] ?? key, median(ours, key), ...had.map(([, s]) => median(s, key))])).join("\n")}
`;
}

function lacking({ beside }: Run): string {
  const names = ["dinit", ...[...beside].filter(([, samples]) => samples.size === 0).map(([name]) => name)];
  return `Not to be had here, and so not beside them: ${names.join(", ")}.`;
}

export function page(run: Run): string {
  const [ctl, bare] = [median(run.ours, "stewardctl-is-active"), median(run.ours, "node-e-0")];
  return `# Benchmarks

Measured with \`${run.command}\` on ${new Date().toISOString().slice(0, 10)}: ${run.machine}, ${run.systemd}.
steward and the genuine systemd each run as PID 1 of a lab, in turn, in one run; the figures are medians. Machines are noisy: quote the ratios.
${run.ahead ? "Both ran under SCHED_RR (chrt -r 10), so that what else the machine did counts less." : "Both shared the machine with whatever else it did."}
The graph is a hundred layers of a hundred targets, each of which requires, and is ordered after, three of the layer below: transactions and
jobs alone, no process is made. systemd answers \`--no-block\` when the jobs are in its queue, steward when they have run as far as they can.
Planning the transaction is a fortieth of steward's time there; two thirds are PropertiesChanged of every unit at every change, gathered and kept
for the client that has just been answered (before these were told in full, the first two rows had the ratios 0.80 and 0.86).
Idle was ${run.idleSeconds} s. ${lacking(run)}

| | steward | systemd | ratio | bound |
| --- | --- | --- | --- | --- |
${Object.keys(rows)
  .map((key) => row(run, key))
  .join("\n")}

\`stewardctl is-active\`: ${ctl} ms, \`node -e 0\` of the same binary: ${bare} ms, ratio ${(ctl / bare).toFixed(2)}.
${besideTable(run)}`;
}
