import type { CalendarChain, CalendarComponent } from "./event.ts";

interface Cursor {
  readonly text: string;
  at: number;
}

export type { Cursor };

const componentsMax = 240;
const usecPerSec = 1_000_000;
const intMax = 0x7fff_ffff;

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= "0" && c <= "9";

/** Up to six digits after the point, more are rounded; undefined without any. */
export function parseMicros(digits: string): number | undefined {
  if (digits === "") return undefined;
  const micros = Number(digits.slice(0, 6).padEnd(6, "0"));
  return digits.length > 6 && digits[6]! >= "5" ? micros + 1 : micros;
}

/** A number; as seconds with decimals when `fine`, which gives microseconds. */
function parseNumber(cursor: Cursor, fine: boolean): number | undefined {
  const { text } = cursor;
  let end = cursor.at;
  while (isDigit(text[end])) end++;
  if (end === cursor.at) return undefined;
  let value = Number(text.slice(cursor.at, end));
  if (value > intMax) return undefined;
  if (fine) {
    value *= usecPerSec;
    // One point is a decimal point, two are a range.
    if (text[end] === "." && text[end + 1] !== ".") {
      const first = ++end;
      while (isDigit(text[end])) end++;
      const micros = parseMicros(text.slice(first, end));
      if (micros === undefined) return undefined;
      value += micros;
    }
  }
  cursor.at = end;
  return value;
}

function parseComponent(cursor: Cursor, fine: boolean): CalendarComponent | undefined {
  const { text } = cursor;
  const start = parseNumber(cursor, fine);
  if (start === undefined) return undefined;
  let stop: number | undefined;
  let repeat = 0;
  if (text.startsWith("..", cursor.at)) {
    cursor.at += 2;
    stop = parseNumber(cursor, fine);
    if (stop === undefined) return undefined;
    repeat = fine ? usecPerSec : 1;
  }
  if (text[cursor.at] === "/") {
    cursor.at++;
    const given = parseNumber(cursor, fine);
    if (given === undefined || given === 0) return undefined;
    repeat = given;
  } else if (fine && stop !== undefined && start + repeat > stop) {
    // Seconds repeat by whole ones unless told, so a shorter range cannot be meant.
    return undefined;
  }
  const next = text[cursor.at];
  if (next !== undefined && !" ,-~:".includes(next)) return undefined;
  return stop === undefined ? { start, repeat } : { start, stop, repeat };
}

/** Reads `*` or a list of components; "refused" where it is neither. */
export function parseChain(cursor: Cursor, fine = false): CalendarChain | "refused" {
  if (cursor.text[cursor.at] === "*") {
    cursor.at++;
    return fine ? [{ start: 0, repeat: usecPerSec }] : undefined;
  }
  const chain: CalendarComponent[] = [];
  for (;;) {
    const component = parseComponent(cursor, fine);
    if (component === undefined || chain.length > componentsMax) return "refused";
    chain.unshift(component);
    if (cursor.text[cursor.at] !== ",") return chain;
    cursor.at++;
  }
}

function normaliseComponent(c: CalendarComponent): CalendarComponent {
  let { stop, repeat } = c;
  // A range ends where its last repetition falls.
  if (stop !== undefined && stop > c.start && repeat > 0) stop -= (stop - c.start) % repeat;
  const never = stop !== undefined && stop > c.start && repeat > 0 && c.start + repeat > stop;
  if (never || c.start === stop) {
    stop = undefined;
    repeat = 0;
  }
  return stop === undefined ? { start: c.start, repeat } : { start: c.start, stop, repeat };
}

function compare(a: CalendarComponent, b: CalendarComponent): number {
  return a.start - b.start || (a.stop ?? -1) - (b.stop ?? -1) || a.repeat - b.repeat;
}

/** Sorts, shortens ranges to what they reach, and drops doubles. */
export function normaliseChain(chain: CalendarChain): CalendarChain {
  if (chain === undefined) return undefined;
  const sorted = chain.map(normaliseComponent).sort(compare);
  return sorted.filter((c, i) => i === 0 || compare(sorted[i - 1]!, c) !== 0);
}

/** Whether every value can occur: within its bounds, and each repetition at least once. */
export function isValidChain(chain: CalendarChain, from: number, to: number, endOfMonth = false): boolean {
  return (chain ?? []).every(({ start, stop, repeat }, i) => {
    // Days that far from the end of the month are not in every month. systemd takes three days off for each further value, so we do.
    const last = endOfMonth ? to - 3 * (i + 1) : to;
    if (start < from || start > last || repeat > last - from) return false;
    if (stop !== undefined) return stop >= from && stop <= last && start + repeat <= stop;
    return endOfMonth ? start - repeat >= from : start + repeat <= last;
  });
}

/** Writes a chain with numbers of at least `width` digits. */
export function formatChain(chain: CalendarChain, width: number, fine = false): string {
  if (chain === undefined) return "*";
  const [first] = chain;
  // Whatever else is in the list, every second is among them.
  if (fine && first!.start === 0 && first!.stop === undefined && first!.repeat === usecPerSec) return "*";
  const unit = fine ? usecPerSec : 1;
  const number = (value: number, digits: number): string => {
    const rest = value % unit;
    const whole = String(Math.floor(value / unit)).padStart(digits, "0");
    return rest > 0 ? `${whole}.${String(rest).padStart(6, "0")}` : whole;
  };
  return chain
    .map(({ start, stop, repeat }) => {
      const range = stop !== undefined && stop > 0;
      const end = range ? `..${number(stop, width)}` : "";
      return `${number(start, width)}${end}${repeat > 0 && !(range && repeat === unit) ? `/${number(repeat, 1)}` : ""}`;
    })
    .join(",");
}
