import { spawnSync } from "node:child_process";
import fs from "node:fs";
import {
  formatCalendar,
  formatTimestamp,
  nextElapse,
  parseCalendar,
  parseTimestamp,
  readTimeZone,
  type TimeZone,
} from "../../packages/time/src/index.ts";
import type { CalendarBlock } from "./calendar-cases.ts";

/** What is said of an expression: undefined where it is refused, else its normal form and the elapses in local time and in UTC. */
export type CalendarAnswer = { readonly normal: string; readonly elapses: readonly string[] } | "gave up" | undefined;

const zones = new Map<string, TimeZone | undefined>();

/** A zone as the C library has it. */
export function systemZone(name: string): TimeZone | undefined {
  if (zones.has(name)) return zones.get(name);
  let zone: TimeZone | undefined;
  try {
    const valid = /^[A-Za-z0-9+][A-Za-z0-9_+/-]*$/.test(name) && !name.includes("//");
    zone = valid ? readTimeZone(name, fs.readFileSync(`/usr/share/zoneinfo/${name}`)) : undefined;
  } catch {
    zone = undefined;
  }
  zones.set(name, zone);
  return zone;
}

/** Asks the genuine systemd-analyze. */
export function genuineCalendar({ zone, base, expressions }: CalendarBlock, iterations: number): CalendarAnswer[] {
  const args = ["calendar", `--iterations=${iterations}`, `--base-time=${base}`, "--", ...expressions];
  const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", TZ: zone, SYSTEMD_COLORS: "0" };
  const run = spawnSync("systemd-analyze", args, { encoding: "utf8", env, maxBuffer: 1 << 28 });
  const refused = new Set([...run.stderr.matchAll(/calendar specification '(.*)': /g)].map((found) => found[1]));
  // "Infinite loop in calendar calculation": systemd's own safety valve.
  const gaveUp = new Set(
    [...run.stderr.matchAll(/Failed to determine next elapse for '(.*)': /g)].map((found) => found[1]),
  );
  const blocks = run.stdout.split(/\n\n+/).map((block) => block.split("\n").filter((line) => line.trim() !== ""));
  const given = blocks.filter((lines) => lines.length > 0);
  return expressions.map((expression) => {
    if (refused.has(expression)) return undefined;
    if (gaveUp.has(expression)) return "gave up";
    const lines = given.shift() ?? [];
    const value = (label: RegExp): string[] =>
      lines.filter((line) => label.test(line)).map((line) => line.slice(line.indexOf(": ") + 2));
    return {
      normal: value(/^ *Normalized form: /)[0] ?? "",
      elapses: value(/^ *(Next elapse|Iter\. #\d+|Iteration #\d+|\(in UTC\)): /),
    };
  });
}

/** Asks ours. */
export function ourCalendar({ zone, base, expressions }: CalendarBlock, iterations: number): CalendarAnswer[] {
  const local = systemZone(zone)!;
  const options = { zone: local, zoneOf: systemZone };
  const from = parseTimestamp(base, { nowUsec: 0, zone: local })!;
  return expressions.map((expression) => {
    const event = parseCalendar(expression, options);
    if (event === undefined) return undefined;
    const elapses: string[] = [];
    let at: number | undefined = from;
    for (let i = 0; i < iterations; i++) {
      at = nextElapse(event, at, options);
      if (at === undefined) {
        if (i === 0) elapses.push("never");
        break;
      }
      elapses.push(formatTimestamp(at, local)!);
      if (local.name !== "UTC") elapses.push(formatTimestamp(at)!);
    }
    return { normal: formatCalendar(event), elapses };
  });
}
