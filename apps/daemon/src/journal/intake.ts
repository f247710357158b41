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
import { firstValue, managerFields, nativeFields, syslogFields } from "./datagram-fields.ts";
import { datagramInput, emptyPending, type Pending, streamInput } from "./pending.ts";
import { ProcessFacts, type Sender } from "./process-facts.ts";
import type { JournalSettings } from "./settings.ts";
import { parseStreamMetadata, type StreamMetadata } from "./stream-metadata.ts";

type Message<K extends JournalInput["kind"]> = Extract<JournalInput, { kind: K }>;

interface Stream {
  readonly lines: StreamLines<Sender>;
  metadata: StreamMetadata;
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
    const { source, seq, group } = message;
    const input = datagramInput(source);
    const written = this.#written(input);
    this.pending.datagrams.set(source, Math.max(seq, written));
    if (seq <= written) return;
    this.pending.positions.set(input, seq);
    const bytes = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.length);
    if (source === datagramSource.syslog) {
      const parsed = parseSyslogMessage(bytes);
      this.#addDatagram(message, syslogFields(parsed), parsed.level, group === "" ? undefined : parsed.message);
      return;
    }
    const fromManager = source === datagramSource.manager;
    for (const received of parseEntries(bytes, fromManager)) {
      const fields = fromManager
        ? managerFields(received, this.#settings.scope, message.pid)
        : nativeFields(received, message.uid);
      const level = Number(firstValue(received, "PRIORITY")?.toString() || "6");
      this.#addDatagram(
        message,
        fields,
        level,
        fromManager || group === "" ? undefined : firstValue(received, "MESSAGE"),
      );
    }
  }

  #addDatagram(message: Message<"datagram">, fields: JournalField[], level: number, shown: Buffer | undefined): void {
    const { realtimeUsec, monotonicUsec, group } = message;
    if (message.source !== datagramSource.manager)
      fields.push(...this.#unitOf(group), ...this.#facts.of(message, monotonicUsec));
    fields.push(...this.#machine);
    this.#add({ realtimeUsec, monotonicUsec, bootId: this.#settings.bootId, fields }, message.data.length, level);
    if (shown !== undefined && this.#settings.console) this.#print(group, shown, level, realtimeUsec);
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
