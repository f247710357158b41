import { type JournalField, journalField, type ReceivedField, type SyslogMessage } from "@steward/journal";
import { objectFields } from "./process-facts.ts";

const text = (name: string, value: string | undefined): JournalField[] =>
  value === undefined ? [] : [journalField(name, Buffer.from(value, "latin1"))];

/** The fields that journald makes of a syslog message. */
export function syslogFields(message: SyslogMessage): JournalField[] {
  return [
    journalField("_TRANSPORT", "syslog"),
    journalField("PRIORITY", String(message.level)),
    ...(message.facility === 0 ? [] : text("SYSLOG_FACILITY", String(message.facility))),
    ...text("SYSLOG_IDENTIFIER", message.identifier),
    ...text("SYSLOG_PID", message.pid),
    ...text("SYSLOG_TIMESTAMP", message.timestamp),
    ...(message.raw === undefined ? [] : [journalField("SYSLOG_RAW", message.raw)]),
    journalField("MESSAGE", message.message),
  ];
}

/** The fields of a native entry; a privileged sender may speak of another process. */
export function nativeFields(received: readonly ReceivedField[], uid: number): JournalField[] {
  const fields = received.map(([name, value]) => journalField(name, value));
  fields.push(journalField("_TRANSPORT", "journal"));
  const object = uid === 0 ? firstValue(received, "OBJECT_PID")?.toString() : undefined;
  if (object !== undefined && /^\d{1,10}$/.test(object)) fields.push(...objectFields(Number(object)));
  return fields;
}

/**
 * The fields of an entry of the manager. It is trusted: it may say anything, and what it leaves out is filled in. `journalctl -u`
 * selects the system manager's words by _PID=1, the user manager's by the user.
 */
export function managerFields(
  received: readonly ReceivedField[],
  scope: "system" | "user",
  pid: number,
): JournalField[] {
  const system = { _PID: "1", _SYSTEMD_CGROUP: "/init.scope", _SYSTEMD_UNIT: "init.scope", _SYSTEMD_SLICE: "-.slice" };
  const own: Record<string, string> = {
    _TRANSPORT: "journal",
    SYSLOG_IDENTIFIER: "systemd",
    _COMM: "stewardd",
    _UID: String(process.getuid?.() ?? 0),
    _GID: String(process.getgid?.() ?? 0),
    ...(scope === "user" ? { _PID: String(pid) } : system),
  };
  const missing = Object.entries(own).filter(([name]) => firstValue(received, name) === undefined);
  return [...received, ...missing].map(([name, value]) => journalField(name, value));
}

/** The first value of a field. */
export function firstValue(received: readonly ReceivedField[], name: string): Buffer | undefined {
  return received.find((field) => field[0] === name)?.[1];
}
