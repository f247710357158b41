import type { Colours } from "./colours.ts";
import { ellipsize, widthOf } from "./text.ts";

/** How a message is laid out behind its prefix. */
export interface Layout {
  /** Columns that the prefix takes: following lines are indented by as much. */
  readonly prefix: number;
  /** Columns of the terminal; undefined shows everything. */
  readonly columns: number | undefined;
  readonly colours: Colours;
  /** Where a search found something, from and to, in characters of the message. */
  readonly found: readonly [number, number];
}

/** Beyond so many lines or characters a message is cut, where `columns` are given. */
const MOST_LINES = 3;
const MOST_CHARACTERS = 300;

/** A message's lines, each with its line break, the first to stand behind the prefix. */
export function multilineText(message: string, layout: Layout): string {
  if (message === "") return "\n";
  const { prefix, columns, found } = layout;
  const { on, off } = layout.colours;
  const indentation = " ".repeat(prefix);
  let text = "";
  let at = 0;
  const lines = message.split("\n");
  // A line break at the end begins no line.
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  let cut = false;
  for (const [index, line] of lines.entries()) {
    const indent = index === 0 ? "" : indentation;
    const last = index + 1 === MOST_LINES || at + line.length + 1 >= MOST_CHARACTERS;
    if (columns === undefined || (prefix + line.length + 1 < columns && !last)) {
      if (at <= found[0] && found[0] < line.length) {
        const to = Math.min(found[1], line.length);
        text += `${indent}${on}${line.slice(0, found[0])}${layout.colours.found}${line.slice(found[0], to)}`;
        if (line.length > found[1]) text += `${on}${line.slice(found[1])}`;
        text += `${off}\n`;
      } else text += `${indent}${on}${line}${off}\n`;
    } else {
      cut = true;
      const room = columns - prefix;
      if (room < 3) text += "...\n";
      else if (room > widthOf(line) + 3) text += `${indent}${on}${line}...${off}\n`;
      else text += `${indent}${on}${ellipsize(line, room, last ? 100 : 90)}${off}\n`;
    }
    at += line.length + 1;
    if (cut && last) break;
  }
  return text;
}
