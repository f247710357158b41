import type { Cursor } from "./chain.ts";

const names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** The weekday that stands at the cursor, by its long or its short name. */
function parseDay(cursor: Cursor): number | undefined {
  const rest = cursor.text.slice(cursor.at, cursor.at + 10).toLowerCase();
  for (const [day, name] of names.entries()) {
    const long = name.toLowerCase();
    const word = rest.startsWith(long) ? long : rest.startsWith(long.slice(0, 3)) ? long.slice(0, 3) : undefined;
    if (word === undefined) continue;
    cursor.at += word.length;
    return day;
  }
  return undefined;
}

/** Reads "Mon,Wed..Fri" and the blanks behind it into bits, Monday first; 0 when no weekdays stand there, undefined where they are malformed. */
export function parseWeekdays(cursor: Cursor): number | undefined {
  const { text } = cursor;
  let bits = 0;
  let from: number | undefined;
  const finish = (): number => {
    while (text[cursor.at] === " ") cursor.at++;
    return bits;
  };
  for (let first = true; ; first = false) {
    const day = parseDay(cursor);
    if (day === undefined) return first ? 0 : undefined;
    const next = text[cursor.at];
    if (next !== undefined && !"-., ".includes(next)) return undefined;
    bits |= 1 << day;
    if (from !== undefined) {
      if (from > day) return undefined;
      for (let between = from + 1; between < day; between++) bits |= 1 << between;
    }
    if (next === undefined || next === " ") return finish();
    if (next === ",") {
      from = undefined;
      cursor.at++;
    } else {
      // "Mon-Fri" is the old way to write "Mon..Fri".
      if (from !== undefined || (next === "." && text[cursor.at + 1] !== ".")) return undefined;
      from = day;
      cursor.at += next === "." ? 2 : 1;
    }
    // A comma may end the list, a range must have its end.
    if (cursor.at >= text.length || text[cursor.at] === " ") return from === undefined ? finish() : undefined;
  }
}

/** Writes bits as systemd does: neighbours by comma, three or more in a row as a range. */
export function formatWeekdays(bits: number): string {
  const parts: string[] = [];
  for (let day = 0; day < 7; day++) {
    if ((bits & (1 << day)) === 0) continue;
    const first = day;
    while (day < 6 && (bits & (1 << (day + 1))) !== 0) day++;
    const [start, end] = [names[first]!.slice(0, 3), names[day]!.slice(0, 3)];
    parts.push(first === day ? start : `${start}${day > first + 1 ? ".." : ","}${end}`);
  }
  return parts.join(",");
}
