import type { JournalEntry } from "../read/journal-entry.ts";
import { noColours, priorityColours } from "./colours.ts";
import type { FormatOptions } from "./format-entry.ts";
import { clockText, localTime, MONTHS, pad2, timestampText } from "./local-time.ts";
import { multilineText } from "./multiline.ts";
import { bytesText, isPrintable, untilNul, widthOf, withoutTabsAndAnsi } from "./text.ts";

export type ShortMode =
  | "short"
  | "short-full"
  | "short-iso"
  | "short-iso-precise"
  | "short-precise"
  | "short-monotonic"
  | "short-delta"
  | "short-unix"
  | "with-unit";

/** When the entry before says that it was made, for the differences that short-delta shows. */
export interface Before {
  readonly monotonicUsec: number;
  readonly realtimeUsec: number;
  readonly bootId: string;
}

const UNKNOWN = " unknown";

/** A line a message, like a syslog file's (journalctl(1), -o short and kin); nothing for an entry without a message. */
export function shortText(
  entry: JournalEntry,
  mode: ShortMode,
  options: FormatOptions,
  before: Before | undefined,
): Buffer | undefined {
  const { fields } = entry;
  const pick = (name: string): Buffer | undefined => {
    for (const field of fields) if (field[0] === name) return field[1];
    return undefined;
  };
  const message = pick("MESSAGE");
  if (message === undefined) return undefined;
  let prefix = timeText(entry, mode, options, before);
  const hostname = pick("_HOSTNAME");
  if (hostname !== undefined && options.hostname !== false && shallShow(hostname, options))
    prefix += ` ${hostname.toString("utf8")}`;
  const unit = mode === "with-unit" ? pick("_SYSTEMD_UNIT") : undefined;
  const userUnit = mode === "with-unit" ? pick("_SYSTEMD_USER_UNIT") : undefined;
  const identifier = pick("SYSLOG_IDENTIFIER");
  const command = pick("_COMM");
  if (unit !== undefined || userUnit !== undefined) {
    prefix += ` ${unit?.toString("utf8") ?? ""}`;
    if (userUnit !== undefined) prefix += `/${userUnit.toString("utf8")}`;
  } else if (identifier !== undefined && shallShow(identifier, options)) prefix += ` ${identifier.toString("utf8")}`;
  else if (command !== undefined && shallShow(command, options)) prefix += ` ${command.toString("utf8")}`;
  else prefix += UNKNOWN;
  const pid = pick("_PID");
  const claimedPid = pick("SYSLOG_PID");
  if (pid !== undefined && shallShow(pid, options)) prefix += `[${pid.toString("utf8")}]`;
  else if (claimedPid !== undefined && shallShow(claimedPid, options)) prefix += `[${claimedPid.toString("utf8")}]`;

  const printable = isPrintable(message, true);
  if (options.all !== true && !printable) {
    // Were only tabs and escape sequences in the way?
    const stripped = Buffer.from(withoutTabsAndAnsi(message.toString("latin1")), "latin1");
    if (!isPrintable(stripped, true)) return Buffer.from(`${prefix}: [${bytesText(stripped.length)} blob data]\n`);
  }
  const priority = pick("PRIORITY");
  const level = priority !== undefined && priority.length === 1 ? priority[0]! - 0x30 : 6;
  // Bytes that are no text pass unchanged, up to a NUL.
  const encoding = printable || options.all !== true ? "utf8" : "latin1";
  const raw = encoding === "utf8" ? message.toString("utf8") : untilNul(message.toString("latin1"));
  const lines = multilineText(options.all === true ? raw : withoutTabsAndAnsi(raw), {
    // journalctl does not count this word, so its following lines stand further left.
    prefix: widthOf(prefix) + 2 - (prefix.includes(UNKNOWN) ? UNKNOWN.length : 0),
    columns: options.columns,
    colours: options.colour === true ? priorityColours(level) : noColours,
    found: options.found?.(raw) ?? [0, 0],
  });
  return Buffer.concat([Buffer.from(`${prefix}: `), Buffer.from(lines, encoding)]);
}

/** An overlong or unprintable value is not shown in a prefix. */
function shallShow(value: Buffer, options: FormatOptions): boolean {
  return options.all === true || (value.length < 300 && isPrintable(value, false));
}

function timeText(entry: JournalEntry, mode: ShortMode, options: FormatOptions, before: Before | undefined): string {
  if (mode === "short-monotonic")
    return `[${secondsText(sourceTime(entry, "_SOURCE_MONOTONIC_TIMESTAMP") ?? entry.place.monotonicUsec)}]`;
  if (mode === "short-delta") {
    const at = sourceTime(entry, "_SOURCE_MONOTONIC_TIMESTAMP") ?? entry.place.monotonicUsec;
    if (before === undefined) return `[${secondsText(at)}                ]`;
    // Across a boot the monotonic clock starts again: the wall clocks are compared.
    return `[${secondsText(at)} <${deltaText(entry, before)}>]`;
  }
  const realtimeUsec = realtimeOf(entry);
  const utc = options.utc === true;
  if (mode === "with-unit" || mode === "short-full") return timestampText(realtimeUsec, utc);
  const fraction = String(realtimeUsec % 1_000_000).padStart(6, "0");
  if (mode === "short-unix") return `${Math.floor(realtimeUsec / 1_000_000)}.${fraction}`;
  const time = localTime(realtimeUsec, utc);
  if (mode === "short-iso" || mode === "short-iso-precise") {
    const offset = Math.abs(time.offsetMinutes);
    const zone = `${time.offsetMinutes < 0 ? "-" : "+"}${pad2(Math.floor(offset / 60))}${pad2(offset % 60)}`;
    return `${time.year}-${pad2(time.month)}-${pad2(time.day)}T${clockText(time)}${mode === "short-iso-precise" ? `.${fraction}` : ""}${zone}`;
  }
  return `${MONTHS[time.month - 1]} ${pad2(time.day)} ${clockText(time)}${mode === "short-precise" ? `.${fraction}` : ""}`;
}

function deltaText(entry: JournalEntry, before: Before): string {
  const same = entry.place.bootId === before.bootId;
  const { monotonicUsec, realtimeUsec } = timesOf(entry);
  const difference = same ? monotonicUsec - before.monotonicUsec : realtimeUsec - before.realtimeUsec;
  return `${secondsText(Math.max(0, difference))}${same ? " " : "*"}`;
}

function secondsText(usec: number): string {
  return `${String(Math.floor(usec / 1_000_000)).padStart(5)}.${String(usec % 1_000_000).padStart(6, "0")}`;
}

/** What the next entry's short-delta is measured from. */
export function timesOf(entry: JournalEntry): Before {
  return {
    monotonicUsec: sourceTime(entry, "_SOURCE_MONOTONIC_TIMESTAMP") ?? entry.place.monotonicUsec,
    realtimeUsec: realtimeOf(entry),
    bootId: entry.place.bootId,
  };
}

/** When the entry's source says that it was made; else when the journal took it. */
export function realtimeOf(entry: JournalEntry): number {
  return sourceTime(entry, "_SOURCE_REALTIME_TIMESTAMP") ?? entry.place.realtimeUsec;
}

function sourceTime(entry: JournalEntry, name: string): number | undefined {
  const text = entry.text(name);
  return text !== undefined && /^\d{1,16}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
