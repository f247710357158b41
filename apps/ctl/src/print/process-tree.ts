/** A unit's processes below its control group, as `status` shows them. */
import { ellipsize } from "./table.ts";
import { grey } from "./terminal.ts";

/** A row of Manager.GetUnitProcesses. */
export type ProcessRow = readonly [group: string, pid: number, commandLine: string];

interface Group {
  readonly path: string;
  readonly processes: (readonly [pid: number, commandLine: string])[];
  readonly children: Map<string, Group>;
}

/** The lines of the tree, each begun with the prefix; no longer than `columns` where that is given. */
export function processTree(rows: readonly ProcessRow[], top: string, prefix: string, columns?: number): string[] {
  const root: Group = { path: top, processes: [], children: new Map() };
  const extra: (readonly [number, string])[] = [];
  for (const [path, pid, commandLine] of rows) {
    const below = path === "" ? undefined : relative(path, top);
    if (below === undefined) extra.push([pid, commandLine]);
    else descend(root, below).processes.push([pid, commandLine]);
  }
  const lines = groupLines(root, prefix, columns);
  const width = Math.max(0, ...extra.map(([pid]) => String(pid).length));
  extra.sort(([a], [b]) => a - b);
  for (const [pid, text] of extra) lines.push(`${prefix}‣ ${String(pid).padStart(width)} ${grey(text)}`);
  return lines;
}

function relative(path: string, top: string): string[] | undefined {
  const base = top === "/" ? "" : top.replace(/\/$/, "");
  if (path !== base && !path.startsWith(`${base}/`)) return undefined;
  return path
    .slice(base.length)
    .split("/")
    .filter((part) => part !== "");
}

function descend(group: Group, parts: readonly string[]): Group {
  let here = group;
  for (const part of parts) {
    let next = here.children.get(part);
    if (next === undefined) {
      next = { path: `${here.path}/${part}`, processes: [], children: new Map() };
      here.children.set(part, next);
    }
    here = next;
  }
  return here;
}

function groupLines(group: Group, prefix: string, columns: number | undefined): string[] {
  const lines: string[] = [];
  const processes = [...group.processes].sort(([a], [b]) => a - b);
  const children = [...group.children].sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(0, ...processes.map(([pid]) => String(pid).length));
  for (const [index, [pid, commandLine]] of processes.entries()) {
    const last = index === processes.length - 1 && children.length === 0;
    const head = `${prefix}${last ? "└─" : "├─"}${String(pid).padStart(width)} `;
    const text = columns === undefined ? commandLine : ellipsize(commandLine, Math.max(20, columns - head.length));
    lines.push(`${head}${grey(text)}`);
  }
  for (const [index, [name, child]] of children.entries()) {
    const last = index === children.length - 1;
    lines.push(`${prefix}${last ? "└─" : "├─"}${name}`);
    lines.push(...groupLines(child, `${prefix}${last ? "  " : "│ "}`, columns));
  }
  return lines;
}
