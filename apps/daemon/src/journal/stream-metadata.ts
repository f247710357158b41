import { type JournalField, journalField } from "@steward/journal";

/** What the manager said of a log stream when it was made (process-runtime, streamMetadata). */
export interface StreamMetadata {
  /** Fields that each of its entries gets, but not PRIORITY, which a line may set itself. */
  readonly fields: readonly JournalField[];
  /** Those of them that hold for all that the unit logs, by datagrams too: _SYSTEMD_* and LogExtraFields=. */
  readonly unitFields: readonly JournalField[];
  readonly level: number;
  /** A line may start with `<3>` (SyslogLevelPrefix=). */
  readonly levelPrefix: boolean;
  /** Its lines go to the console too (StandardOutput=journal+console). */
  readonly console: boolean;
  readonly unit: string | undefined;
}

/** What is of the stream itself. */
const ofStream = new Set(["_TRANSPORT", "_STREAM_ID", "SYSLOG_IDENTIFIER", "SYSLOG_FACILITY"]);

/** Reads the lines `NAME=value`, and those with a dot that are for the journal process. */
export function parseStreamMetadata(bytes: Uint8Array): StreamMetadata {
  const fields: JournalField[] = [];
  const unitFields: JournalField[] = [];
  const own = new Map<string, string>();
  for (const line of Buffer.from(bytes).toString("utf8").split("\n")) {
    const equals = line.indexOf("=");
    if (equals <= 0) continue;
    const name = line.slice(0, equals);
    const value = line.slice(equals + 1);
    own.set(name, value);
    if (name.startsWith(".") || name === "PRIORITY" || (value === "" && name === "SYSLOG_IDENTIFIER")) continue;
    const field = journalField(name, value);
    fields.push(field);
    if (!ofStream.has(name)) unitFields.push(field);
  }
  const level = Number(own.get("PRIORITY") ?? "6");
  return {
    fields,
    unitFields,
    level: level >= 0 && level <= 7 ? level : 6,
    levelPrefix: own.get(".level-prefix") !== "0",
    console: own.get(".console") === "1",
    unit: own.get("_SYSTEMD_UNIT") ?? own.get("_SYSTEMD_USER_UNIT"),
  };
}
