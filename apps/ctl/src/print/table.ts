/** Columns as systemd's tables set them: each as wide as its widest cell, one space between. */
import { terminalColumns, underline } from "./terminal.ts";

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly title: string;
  readonly right?: boolean;
  /** May be shortened on a terminal that is too narrow. */
  readonly soft?: boolean;
}

/** A cell of plain text, or one with a colour. */
export function cell(text: string, paint?: (text: string) => string): Cell {
  return paint === undefined ? { text } : { text, paint };
}

/** The lines of a table, with or without its header. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { header: boolean; full?: boolean },
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(options.header ? width(column.title) : 0, ...rows.map((row) => width(row[index]!.text))),
  );
  if (options.full !== true) shrink(columns, widths);
  const lines = rows.map((row) => line(columns, row, widths));
  if (!options.header) return lines;
  return [
    line(
      columns,
      columns.map((column) => ({ text: column.title, paint: underline })),
      widths,
    ),
    ...lines,
  ];
}

function line(columns: readonly Column[], cells: readonly Cell[], widths: readonly number[]): string {
  const parts = cells.map(({ text, paint = (plain) => plain }, index) => {
    const short = ellipsize(text, widths[index]!);
    const space = " ".repeat(widths[index]! - width(short));
    if (columns[index]!.right === true) return space + paint(short);
    return index === cells.length - 1 ? paint(short) : paint(short) + space;
  });
  return parts.join(" ").replace(/ +$/, "");
}

/** Takes width from soft columns, the widest first, until the table fits. */
function shrink(columns: readonly Column[], widths: number[]): void {
  const limit = terminalColumns();
  if (limit === undefined) return;
  let excess = widths.reduce((sum, each) => sum + each, widths.length - 1) - limit;
  const soft = columns.map((column, index) => (column.soft === true ? index : -1)).filter((index) => index >= 0);
  while (excess > 0) {
    const widest = soft.reduce((best, index) => (widths[index]! > widths[best]! ? index : best), soft[0] ?? -1);
    if (widest < 0 || widths[widest]! <= 8) return;
    widths[widest]!--;
    excess--;
  }
}

/** How many columns a text takes: characters, which is right for all but double-width ones. */
export function width(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Cuts the middle out of a text that is too wide. */
export function ellipsize(text: string, limit: number): string {
  const chars = [...text];
  if (chars.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  return `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (limit - 1 - head)).join("")}`;
}
