import { readFileSync, readlinkSync, statSync } from "node:fs";
import { type JournalField, journalField } from "@steward/journal";

/** Who sent something, as the keeper says. */
export interface Sender {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Read by the keeper on arrival, so that it is known of a process that has ended. */
  readonly comm: string;
}

/** After so long a process is looked at again: it may have executed another program. journald does so too. */
const FRESH_USEC = 1_000_000;
const KEPT = 1024;

interface Known {
  readonly fields: readonly JournalField[];
  readonly readAtUsec: number;
  readonly sender: Sender;
}

/** The trusted fields of processes (systemd.journal-fields(7)), read from /proc and kept for a while. */
export class ProcessFacts {
  readonly #known = new Map<number, Known>();

  /** The fields of a sender; of one that has ended only what the keeper knew, and what was read before. */
  of(sender: Sender, nowUsec: number): readonly JournalField[] {
    const known = this.#known.get(sender.pid);
    const same =
      known !== undefined &&
      known.sender.uid === sender.uid &&
      known.sender.gid === sender.gid &&
      known.sender.comm === sender.comm;
    if (same && nowUsec - known.readAtUsec < FRESH_USEC) return known.fields;
    const details = readDetails(sender.pid);
    // Gone: what was read of it still holds.
    if (same && details.length === 0) return known.fields;
    const fields = [
      journalField("_PID", String(sender.pid)),
      journalField("_UID", String(sender.uid)),
      journalField("_GID", String(sender.gid)),
      ...(sender.comm === "" ? [] : [journalField("_COMM", sender.comm)]),
      ...details,
    ];
    const unchanged =
      same &&
      known.fields.length === fields.length &&
      known.fields.every((field, i) => Buffer.compare(field.bytes, fields[i]!.bytes) === 0);
    const kept = unchanged ? known.fields : fields;
    this.#known.delete(sender.pid);
    if (this.#known.size >= KEPT) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(sender.pid, { fields: kept, readAtUsec: nowUsec, sender });
    return kept;
  }
}

/** What is known of the process that a privileged sender speaks of (systemd.journal-fields(7), OBJECT_PID=). */
export function objectFields(pid: number): JournalField[] {
  const fields: JournalField[] = [];
  const add = adder(fields);
  add("OBJECT_UID", () => String(statSync(`/proc/${pid}`).uid));
  add("OBJECT_GID", () => String(statSync(`/proc/${pid}`).gid));
  add("OBJECT_COMM", () => readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd());
  add("OBJECT_EXE", () => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ""));
  add("OBJECT_CMDLINE", () => commandLine(readFileSync(`/proc/${pid}/cmdline`)));
  const unit = /\/([^/\n]+\.(?:service|scope|socket|mount|swap))(?:\/[^\n]*)?$/m;
  add("OBJECT_SYSTEMD_UNIT", () => unit.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1]);
  return fields;
}

/** Adds a field when it can be read and is not empty. */
function adder(fields: JournalField[]): (name: string, read: () => string | undefined) => void {
  return (name, read) => {
    try {
      const value = read();
      if (value !== undefined && value !== "") fields.push(journalField(name, value));
    } catch {}
  };
}

function readDetails(pid: number): JournalField[] {
  const fields: JournalField[] = [];
  const add = adder(fields);
  add("_EXE", () => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ""));
  add("_CMDLINE", () => commandLine(readFileSync(`/proc/${pid}/cmdline`)));
  add("_CAP_EFFECTIVE", () => /^CapEff:\s*0*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
  return fields;
}

/** Arguments joined by spaces, those with spaces or quotes in quotes. */
function commandLine(bytes: Buffer): string {
  const words = bytes.toString("utf8").replace(/\0+$/, "").split("\0");
  return words.map((word) => (/^[^\s"'\\$`]+$/.test(word) ? word : `"${word.replace(/[\\"$`]/g, "\\$&")}"`)).join(" ");
}
