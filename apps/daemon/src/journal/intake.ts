import {
  type EntryInput,
  type JournalField,
  journalField,
  levelPrefix,
  parseEntries,
  parseSyslogMessage,
  type StreamLine,
  StreamLines,
  trimLineEnd,
} from "@steward/journal";
import { datagramSource, type JournalInput } from "@steward/process-runtime";
import { consoleLine } from "./console-lines.ts";
import { objectFields, ProcessFacts, type Sender } from "./process-facts.ts";
import type { JournalSettings } from "./settings.ts";
import { parseStreamMetadata, type StreamMetadata } from "./stream-metadata.ts";

type Message<K extends JournalInput["kind"]> = Extract<JournalInput, { kind: K }>;

interface Stream {
  readonly lines: StreamLines<Sender>;
  metadata: StreamMetadata;
}

/** What waits to be written, and what may be acknowledged when it is. */
export interface Pending {
  readonly entries: EntryInput[];
  /** New positions by input. */
  readonly positions: Map<string, number>;
  readonly streams: Map<number, number>;
  readonly datagrams: Map<number, number>;
  /** Streams that ended: their positions may be forgotten a while after. */
  readonly ended: string[];
  readonly console: string[];
  bytes: number;
  /** One of them is critical or worse: journald brings such to the disk at once (journald.conf(5), SyncIntervalSec=). */
  urgent: boolean;
}

const KEPT_UNITS = 4096;

const priorities = Array.from({ length: 8 }, (_, level) => journalField("PRIORITY", String(level)));

/**
 * Turns what the keeper sends into entries: cuts streams into lines, takes datagrams apart, adds the trusted fields. What was
 * written before (by the positions given at the start) is passed over.
 */
export class Intake {
  readonly #settings: JournalSettings;
  readonly #facts = new ProcessFacts();
  readonly #streams = new Map<number, Stream>();
  /** What the manager said of each unit's latest run (_SYSTEMD_*), for what its processes send by datagrams. */
  readonly #units = new Map<string, readonly JournalField[]>();
  readonly #machine: readonly JournalField[];
  readonly #written: (input: string) => number;
  readonly #colour: boolean;
  readonly #unitField: string;
  pending: Pending = emptyPending();

  constructor(settings: JournalSettings, written: (input: string) => number, colour: boolean) {
    this.#settings = settings;
    this.#written = written;
    this.#colour = colour;
    this.#unitField = settings.scope === "user" ? "_SYSTEMD_USER_UNIT" : "_SYSTEMD_UNIT";
    this.#machine = [
      journalField("_BOOT_ID", Buffer.from(settings.bootId).toString("hex")),
      journalField("_MACHINE_ID", Buffer.from(settings.machineId).toString("hex")),
      journalField("_HOSTNAME", settings.hostname),
      journalField("_RUNTIME_SCOPE", "system"),
    ];
  }

  take(message: JournalInput): void {
    if (message.kind === "streamOpen") this.#openStream(message);
    else if (message.kind === "streamData") this.#streamData(message);
    else if (message.kind === "streamEof") this.#endStream(message);
    else if (message.kind === "datagram") this.#datagram(message);
  }

  /** Takes what is pending; new things gather in an empty one. */
  takePending(): Pending {
    const { pending } = this;
    this.pending = emptyPending();
    return pending;
  }

  #openStream(message: Message<"streamOpen">): void {
    const metadata = parseStreamMetadata(message.metadata);
    if (metadata.unit !== undefined) this.#remember(metadata.unit, metadata.unitFields);
    const known = this.#streams.get(message.stream);
    if (known !== undefined) known.metadata = metadata;
    else
      this.#streams.set(message.stream, {
        metadata,
        lines: new StreamLines(this.#written(streamInput(message.stream)), sameProcess),
      });
  }

  #streamData(message: Message<"streamData">): void {
    const stream = this.#streams.get(message.stream);
    if (stream === undefined) return;
    const { stream: id, offset, realtimeUsec, monotonicUsec } = message;
    const sender: Sender = { pid: message.pid, uid: message.uid, gid: message.gid, comm: message.comm };
    const bytes = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.length);
    for (const line of stream.lines.push(offset, bytes, sender))
      this.#line(id, stream, line, message.group, realtimeUsec, monotonicUsec);
    // All of it was written already: say so again.
    const written = this.#written(streamInput(id));
    if (offset + bytes.length <= written)
      this.pending.streams.set(id, Math.max(written, this.pending.streams.get(id) ?? 0));
  }

  #endStream(message: Message<"streamEof">): void {
    const stream = this.#streams.get(message.stream);
    if (stream === undefined) return;
    // The keeper sends no clock with the end: the last line came with the data before.
    for (const line of stream.lines.finish())
      this.#line(message.stream, stream, line, "", this.#lastRealtimeUsec, this.#lastMonotonicUsec);
    this.#streams.delete(message.stream);
    this.pending.streams.set(message.stream, message.offset);
    this.pending.positions.set(streamInput(message.stream), message.offset);
    this.pending.ended.push(streamInput(message.stream));
  }

  #lastRealtimeUsec = 0;
  #lastMonotonicUsec = 0;

  #line(
    id: number,
    stream: Stream,
    line: StreamLine<Sender>,
    group: string,
    realtimeUsec: number,
    monotonicUsec: number,
  ): void {
    const { metadata } = stream;
    this.#lastRealtimeUsec = realtimeUsec;
    this.#lastMonotonicUsec = monotonicUsec;
    this.pending.streams.set(id, line.end);
    this.pending.positions.set(streamInput(id), line.end);
    let text = trimLineEnd(line.bytes);
    let level = metadata.level;
    const prefix = metadata.levelPrefix ? levelPrefix(text) : undefined;
    if (prefix !== undefined) {
      level = prefix.level;
      text = text.subarray(prefix.start);
    }
    if (text.length === 0) return;
    const fields: (JournalField | Uint8Array)[] = [...metadata.fields, priorities[level]!, message(text)];
    if (line.lineBreak !== undefined) fields.push(journalField("_LINE_BREAK", line.lineBreak));
    if (metadata.unit === undefined && group !== "") fields.push(...this.#unitOf(group));
    fields.push(...this.#facts.of(line.sender, monotonicUsec), ...this.#machine);
    this.#add({ realtimeUsec, monotonicUsec, bootId: this.#settings.bootId, fields }, text.length, level);
    if (this.#settings.console || metadata.console) this.#print(metadata.unit ?? group, text, level, realtimeUsec);
  }

  #datagram(message: Message<"datagram">): void {
    const input = datagramInput(message.source);
    if (message.seq <= this.#written(input)) {
      this.pending.datagrams.set(
        message.source,
        Math.max(this.#written(input), this.pending.datagrams.get(message.source) ?? 0),
      );
      return;
    }
    this.pending.datagrams.set(message.source, message.seq);
    this.pending.positions.set(input, message.seq);
    const bytes = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.length);
    if (message.source === datagramSource.syslog) this.#syslog(message, bytes);
    else this.#native(message, bytes, message.source === datagramSource.manager);
  }

  /** What the manager sends is trusted: it may say anything, and what it leaves out is filled in. */
  #native(message: Message<"datagram">, bytes: Buffer, fromManager: boolean): void {
    for (const received of parseEntries(bytes, fromManager)) {
      const fields: (JournalField | Uint8Array)[] = received.map(([name, value]) =>
        Buffer.concat([Buffer.from(`${name}=`), value]),
      );
      const has = (name: string): boolean => received.some((field) => field[0] === name);
      if (fromManager) {
        const own = {
          _TRANSPORT: "journal",
          SYSLOG_IDENTIFIER: "systemd",
          _COMM: "stewardd",
          ...this.#managerIdentity(message),
        };
        for (const [name, value] of Object.entries(own)) if (!has(name)) fields.push(journalField(name, value));
      } else {
        fields.push(journalField("_TRANSPORT", "journal"));
        fields.push(...this.#unitOf(message.group), ...this.#facts.of(message, message.monotonicUsec));
        const object =
          message.uid === 0 ? received.find((field) => field[0] === "OBJECT_PID")?.[1].toString() : undefined;
        if (object !== undefined && /^\d{1,10}$/.test(object)) fields.push(...objectFields(Number(object)));
      }
      fields.push(...this.#machine);
      const level = Number(received.find((field) => field[0] === "PRIORITY")?.[1].toString() || "6");
      this.#add(
        {
          realtimeUsec: message.realtimeUsec,
          monotonicUsec: message.monotonicUsec,
          bootId: this.#settings.bootId,
          fields,
        },
        bytes.length,
        level,
      );
      const text = received.find((field) => field[0] === "MESSAGE")?.[1];
      if (!fromManager && message.group !== "" && this.#settings.console && text !== undefined) {
        this.#print(message.group, text, level, message.realtimeUsec);
      }
    }
  }

  /** `journalctl -u` selects the system manager's words by _PID=1, the user manager's by the user. */
  #managerIdentity(message: Message<"datagram">): Record<string, string> {
    const user = { _UID: String(process.getuid?.() ?? 0), _GID: String(process.getgid?.() ?? 0) };
    if (this.#settings.scope === "user") return { _PID: String(message.pid), ...user };
    return {
      _PID: "1",
      ...user,
      _SYSTEMD_CGROUP: "/init.scope",
      _SYSTEMD_UNIT: "init.scope",
      _SYSTEMD_SLICE: "-.slice",
    };
  }

  #syslog(message: Message<"datagram">, bytes: Buffer): void {
    const parsed = parseSyslogMessage(bytes);
    const fields: (JournalField | Uint8Array)[] = [
      journalField("_TRANSPORT", "syslog"),
      priorities[parsed.level]!,
      ...(parsed.facility === 0 ? [] : [journalField("SYSLOG_FACILITY", String(parsed.facility))]),
      ...(parsed.identifier === undefined
        ? []
        : [journalField("SYSLOG_IDENTIFIER", Buffer.from(parsed.identifier, "latin1"))]),
      ...(parsed.pid === undefined ? [] : [journalField("SYSLOG_PID", Buffer.from(parsed.pid, "latin1"))]),
      ...(parsed.timestamp === undefined ? [] : [journalField("SYSLOG_TIMESTAMP", parsed.timestamp)]),
      ...(parsed.raw === undefined ? [] : [journalField("SYSLOG_RAW", parsed.raw)]),
      journalField("MESSAGE", parsed.message),
      ...this.#unitOf(message.group),
      ...this.#facts.of(message, message.monotonicUsec),
      ...this.#machine,
    ];
    this.#add(
      {
        realtimeUsec: message.realtimeUsec,
        monotonicUsec: message.monotonicUsec,
        bootId: this.#settings.bootId,
        fields,
      },
      bytes.length,
      parsed.level,
    );
    if (message.group !== "" && this.#settings.console)
      this.#print(message.group, parsed.message, parsed.level, message.realtimeUsec);
  }

  #unitOf(group: string): readonly JournalField[] {
    if (group === "") return [];
    return this.#units.get(group) ?? this.#remember(group, [journalField(this.#unitField, group)]);
  }

  #remember(unit: string, fields: readonly JournalField[]): readonly JournalField[] {
    if (this.#units.size > KEPT_UNITS) this.#units.clear();
    this.#units.set(unit, fields);
    return fields;
  }

  #add(entry: EntryInput, bytes: number, level: number): void {
    if (level <= 2) this.pending.urgent = true;
    this.pending.entries.push(entry);
    this.pending.bytes += bytes;
  }

  #print(unit: string, text: Buffer, level: number, realtimeUsec: number): void {
    this.pending.console.push(consoleLine(unit, text.toString("utf8"), level, realtimeUsec, this.#colour));
  }
}

const MESSAGE = Buffer.from("MESSAGE=");

function message(text: Buffer): Buffer {
  return Buffer.concat([MESSAGE, text]);
}

function sameProcess(a: Sender, b: Sender): boolean {
  return a.pid === b.pid && a.uid === b.uid && a.gid === b.gid;
}

/** The name of a stream's position. */
export function streamInput(stream: number): string {
  return `s${stream}`;
}

/** The name of a datagram source's position. */
export function datagramInput(source: number): string {
  return `d${source}`;
}

function emptyPending(): Pending {
  return {
    entries: [],
    positions: new Map(),
    streams: new Map(),
    datagrams: new Map(),
    ended: [],
    console: [],
    bytes: 0,
    urgent: false,
  };
}
