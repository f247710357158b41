import { encodeUtf8 } from "../text.ts";
import type { Kind } from "./kind.ts";
import { forEachWord, list } from "./lists.ts";
import { parseUnsigned } from "./numbers.ts";
import { scalar } from "./scalars.ts";

const facilities = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
];

const levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** SyslogFacility=: a facility's number. */
export const syslogFacility: Kind<number> = scalar(
  "syslog facility",
  "i",
  3,
  (t, a) => {
    const local = /^local([0-7])$/.exec(t);
    const index = local ? 16 + Number(local[1]) : facilities.indexOf(t);
    const value = index >= 0 ? index : parseUnsigned(t, 127);
    if (value === undefined) a.warn(`Failed to parse log facility, ignoring: ${t}`);
    return value;
  },
  (v) => v,
  [...facilities, ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => `local${n}`)],
);

/** SyslogLevel= and LogLevelMax=: a level's number. */
export function syslogLevel(initial: number): Kind<number> {
  return scalar(
    "log level",
    "i",
    initial,
    (t, a) => {
      const index = levels.indexOf(t);
      const value = index >= 0 ? index : parseUnsigned(t, 7);
      if (value === undefined) a.warn(`Failed to parse log level, ignoring: ${t}`);
      return value;
    },
    (v) => v,
    levels,
  );
}

/** LogExtraFields=: FIELD=VALUE for the journal. */
export const logExtraFields: Kind<readonly string[]> = list<string>(
  "list of journal fields",
  "aay",
  (a, add) =>
    forEachWord(a, { unquote: true, cUnescape: true }, (word) => {
      const value = a.expand(word);
      if (value === undefined) {
        a.warn(`Failed to resolve unit specifiers in '${word}', ignoring: ${a.expandError()}`);
        return;
      }
      const equals = value.indexOf("=");
      if (equals < 0) a.warn(`Log field lacks '=' character, ignoring: ${value}`);
      else if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(value.slice(0, equals)))
        a.warn(`Log field name is invalid, ignoring: ${value}`);
      else add(value);
    }),
  (v) => v.map((field) => [...encodeUtf8(field)]),
);
