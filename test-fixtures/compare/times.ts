/**
 * Same time, spans and timestamps: generated texts through the genuine `systemd-analyze timespan` and `timestamp` and through @steward/time.
 *
 *     node --conditions=source test-fixtures/compare/times.ts [count] [first seed]
 */
import { spawnSync } from "node:child_process";
import { formatTimespan, formatTimestamp, parseTimespanExact, parseTimestamp } from "../../packages/time/src/index.ts";
import { baseTime, zones } from "./calendar-cases.ts";
import { systemZone } from "./calendar-run.ts";
import { type Random, random } from "./random.ts";

const units = [
  "seconds",
  "second",
  "sec",
  "s",
  "minutes",
  "minute",
  "min",
  "months",
  "month",
  "M",
  "msec",
  "ms",
  "m",
  "hours",
  "hour",
  "hr",
  "h",
  "days",
  "day",
  "d",
  "weeks",
  "week",
  "w",
  "years",
  "year",
  "y",
  "usec",
  "us",
  "μs",
  "µs",
  "",
  "",
  "x",
  "S",
];

/** A time span; some are not valid. */
export function timespan(r: Random): string {
  if (r.chance(0.03))
    return r.pick(["infinity", "infinity ", "infinity 1", " infinity", "", " ", "-1", ".", "1.", "+5", "1e3", "0x1"]);
  const part = (): string => {
    const whole = r.chance(0.05) ? "" : String(r.below(10 ** (1 + r.below(r.chance(0.1) ? 9 : 4))));
    const decimals = r.chance(0.3) ? `.${r.below(10 ** (1 + r.below(8)))}` : "";
    return whole + decimals + (r.chance(0.2) ? " " : "") + r.pick(units);
  };
  return Array.from({ length: 1 + r.below(4) }, part).join(r.pick(["", " ", "  "]));
}

/** A timestamp that does not depend on now; some are not valid. */
export function timestamp(r: Random): string {
  const weekday = r.chance(0.15) ? `${r.pick(["Mon", "tue", "Wednesday", "Sun", "saturday", "xyz"])} ` : "";
  const zone = r.chance(0.25)
    ? r.pick([" UTC", " utc", " CET", " CEST", " EST", " EDT", " GMT", " IST", " +11", " Asia/Tokyo", "UTC"])
    : "";
  if (r.chance(0.1))
    return `@${r.below(2_000_000_000)}${r.pick(["", ".5", ".123456", ".1234567", "s", "h", " ", "x"])}${zone}`;
  const n = (limit: number): string =>
    r.chance(0.7) ? String(r.below(limit)).padStart(2, "0") : String(r.below(limit));
  const year = r.pick([
    "2026",
    "2026",
    "2028",
    "26",
    "99",
    "1970",
    "1969",
    "69",
    "2100",
    "9999",
    "3000",
    "026",
    "12026",
  ]);
  const date = r.chance(0.5) ? baseTime(r).slice(0, 10) : `${year}-${n(14)}-${n(33)}`;
  const seconds = r.chance(0.6) ? `:${n(62)}${r.chance(0.3) ? `.${r.below(10 ** (1 + r.below(8)))}` : ""}` : "";
  const time = r.chance(0.8) ? `${r.pick([" ", " ", "  ", "", "T"])}${n(25)}:${n(61)}${seconds}` : "";
  return weekday + date + time + (r.chance(0.03) ? r.pick([" ", "x", ":"]) : "") + zone;
}

/** Runs a verb of systemd-analyze on texts; the blocks of its answer by text, undefined where it refused. */
function ask(verb: string, zone: string, texts: readonly string[]): (readonly string[] | undefined)[] {
  const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", TZ: zone, SYSTEMD_COLORS: "0" };
  return texts.map((text) => {
    const run = spawnSync("systemd-analyze", [verb, "--", text], { encoding: "utf8", env });
    return run.status === 0 ? run.stdout.split("\n") : undefined;
  });
}

const value = (lines: readonly string[], label: string): string => {
  const line = lines.find((each) => each.trimStart().startsWith(label));
  return line?.slice(line.indexOf(": ") + 2) ?? "";
};

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 2000);
  const r = random(Number(process.argv[3] ?? 1));
  let different = 0;
  const compare = (what: string, text: string, theirs: string, ours: string): void => {
    if (theirs === ours) return;
    different++;
    console.log(`${what} ${JSON.stringify(text)}\n    genuine: ${theirs}\n    ours:    ${ours}`);
  };
  for (let i = 0; i < count; i += 2) {
    const span = timespan(r);
    const [spanLines] = ask("timespan", "UTC", [span]);
    const usec = parseTimespanExact(span);
    const theirSpan = spanLines && `${value(spanLines, "μs")} ${value(spanLines, "Human")}`;
    compare(
      "timespan",
      span,
      String(theirSpan),
      String(usec === undefined ? undefined : `${usec} ${formatTimespan(usec, 1)}`),
    );

    const zone = zones[i % zones.length]!;
    const stamp = timestamp(r);
    const [lines] = ask("timestamp", zone, [stamp]);
    // systemd 252 refuses every IANA zone but UTC at the end of a timestamp, short ones as "CET" and "GMT" included.
    const word = stamp.slice(stamp.lastIndexOf(" ") + 1);
    const refused = stamp.includes(" ") && word.toLowerCase() !== "utc" && systemZone(word) !== undefined;
    const at = refused ? undefined : parseTimestamp(stamp, { nowUsec: 0, zone: systemZone(zone)! });
    // Beyond 2^53 microseconds, in the year 2255, a number no longer holds single microseconds.
    const coarse = at !== undefined && at > Number.MAX_SAFE_INTEGER;
    const cut = (text: string): string => (coarse ? text.replace(/\.\d+$/, "") : text);
    const theirStamp = lines && `${value(lines, "Normalized form")} ${value(lines, "UNIX seconds")}`;
    const micros = at === undefined ? 0 : at % 1_000_000;
    const unix =
      at === undefined
        ? ""
        : `@${Math.floor(at / 1_000_000)}${micros > 0 ? `.${String(micros).padStart(6, "0")}` : ""}`;
    const ourStamp = at === undefined ? undefined : `${formatTimestamp(at, systemZone(zone)!) ?? "-"} ${unix}`;
    compare(`timestamp in ${zone}`, stamp, cut(String(theirStamp)), cut(String(ourStamp)));
  }
  console.log(`${count} spans and timestamps, ${different} different`);
  process.exitCode = different > 0 ? 1 : 0;
}
