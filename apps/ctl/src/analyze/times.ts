/** calendar, timespan, timestamp: systemd.time(7) in normal form. */
import {
  formatCalendar,
  formatTimespan,
  formatTimestamp,
  formatTimestampRelative,
  nextElapse,
  parseCalendar,
  parseTimespanExact,
  parseTimestamp,
  utc,
} from "@steward/time";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { nowUsec } from "../print/clock.ts";
import { localZone } from "../print/times.ts";
import { printJson, wantsJson } from "../verbs/filters.ts";
import { namedZone } from "./named-zone.ts";

/** Lines of "  Label: value", labels set right. */
type Fact = readonly [label: string, value: string];

function print({ out }: Context, facts: readonly Fact[]): void {
  const width = Math.max(...facts.map(([label]) => label.length));
  for (const [label, value] of facts) out.line(`${label.padStart(width)}: ${value}`);
}

function refuse(what: string): Failure {
  return new Failure(`Failed to parse ${what}: Invalid argument`);
}

/** Runs each argument; those that cannot be read are told, and the rest goes on. */
function each<T>(
  context: Context,
  words: readonly string[],
  one: (word: string) => T | undefined,
  kind: (word: string) => string,
  show: (value: T) => void,
): number {
  if (words.length === 0) throw new Failure("Too few arguments.");
  let code = 0;
  const values: T[] = [];
  for (const [index, word] of words.entries()) {
    const value = one(word);
    if (value === undefined) {
      code = 1;
      context.out.error(refuse(kind(word)).message);
    } else if (wantsJson(context)) values.push(value);
    else show(value);
    if (!wantsJson(context) && index < words.length - 1) context.out.line();
  }
  if (wantsJson(context)) printJson(context, values);
  return code;
}

/** Moments as a person reads them: local, in UTC where that differs, and from now. */
function moment(usec: number, label: string): Fact[] {
  const zone = localZone();
  const local = formatTimestamp(usec, zone) ?? "never";
  const inUtc = formatTimestamp(usec, utc, "utc") ?? "never";
  return [[label, local], ...(local === inUtc ? [] : [["(in UTC)", inUtc] as Fact])];
}

export async function calendar(context: Context, words: readonly string[]): Promise<number> {
  const zone = localZone();
  const zones = { zone, zoneOf: namedZone };
  const base = textOption(context.options, "base-time");
  const from = base === undefined ? nowUsec() : parseTimestamp(base, { nowUsec: nowUsec(), zone });
  if (from === undefined) throw new Failure(`Failed to parse --base-time= parameter: ${base}`);
  const iterations = Number(textOption(context.options, "iterations") ?? "1");
  if (!Number.isInteger(iterations) || iterations < 0)
    throw new Failure("Failed to parse iterations: Invalid argument");
  const read = (word: string): { original: string; normalized: string; elapses: number[] } | undefined => {
    const event = parseCalendar(word, zones);
    if (event === undefined) return undefined;
    const elapses: number[] = [];
    for (let at: number | undefined = from; elapses.length < (iterations || Number.POSITIVE_INFINITY); ) {
      at = nextElapse(event, at, zones);
      if (at === undefined) break;
      elapses.push(at);
    }
    return { original: word, normalized: formatCalendar(event), elapses };
  };
  return each(
    context,
    words,
    read,
    (word) => `calendar specification '${word}'`,
    ({ original, normalized, elapses }) => {
      const facts: Fact[] = [
        ["Original form", original],
        ["Normalized form", normalized],
        ...(elapses.length === 0 ? [["Next elapse", "never"] as Fact] : []),
      ];
      for (const [index, usec] of elapses.entries()) {
        facts.push(...moment(usec, index === 0 ? "Next elapse" : `Iter. #${index + 1}`));
        facts.push(["From now", formatTimestampRelative(usec, nowUsec()) ?? ""]);
      }
      print(context, facts);
    },
  );
}

export async function timestamp(context: Context, words: readonly string[]): Promise<number> {
  const zone = localZone();
  const read = (word: string): { original: string; usec: number } | undefined => {
    const usec = parseTimestamp(word, { nowUsec: nowUsec(), zone });
    return usec === undefined ? undefined : { original: word, usec };
  };
  return each(
    context,
    words,
    read,
    (word) => `"${word}"`,
    ({ original, usec }) => {
      const rest = usec % 1_000_000;
      const fraction = rest === 0 ? "" : `.${String(rest).padStart(6, "0")}`;
      print(context, [
        ["Original form", original],
        ...moment(usec, "Normalized form"),
        ["UNIX seconds", `@${Math.floor(usec / 1_000_000)}${fraction}`],
        ["From now", formatTimestampRelative(usec, nowUsec()) ?? ""],
      ]);
    },
  );
}

export async function timespan(context: Context, words: readonly string[]): Promise<number> {
  if (words.length === 0) throw new Failure("Too few arguments.");
  const found: { original: string; usec: bigint; human: string }[] = [];
  for (const [index, word] of words.entries()) {
    const usec = parseTimespanExact(word);
    if (usec === undefined) throw refuse(`time span '${word}'`);
    const human = formatTimespan(usec);
    found.push({ original: word, usec, human });
    if (wantsJson(context)) continue;
    print(context, [
      ["Original", word],
      ["μs", String(usec)],
      ["Human", human],
    ]);
    if (index < words.length - 1) context.out.line();
  }
  if (wantsJson(context))
    printJson(
      context,
      found.map((each) => ({ ...each, usec: Number(each.usec) })),
    );
  return 0;
}
