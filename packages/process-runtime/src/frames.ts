/** Frames on the keeper's channels: u32 length of what follows, u8 type, payload. Both directions, incrementally. */
import { ByteReader, ByteWriter, ProtocolError } from "./bytes.ts";
import {
  commandTable,
  eventTable,
  type FieldTypes,
  journalInTable,
  journalOutTable,
  type MessageOf,
  type MessageTable,
  maxFrameLength,
} from "./protocol.ts";

/** A command of the manager. */
export type KeeperCommand = MessageOf<typeof commandTable>;
/** An event of the keeper, without its header. */
export type KeeperEventBody = MessageOf<typeof eventTable>;
/** What the keeper read from its clocks when the event happened, and the event's number (0: not kept, not acknowledged). */
export interface EventHeader {
  readonly seq: number;
  readonly monotonicUsec: number;
  readonly boottimeUsec: number;
  readonly realtimeUsec: number;
}
/** An event of the keeper. */
export type KeeperEvent = EventHeader & KeeperEventBody;
/** A message that the journal process receives. */
export type JournalInput = MessageOf<typeof journalInTable>;
/** A message that the journal process sends. */
export type JournalOutput = MessageOf<typeof journalOutTable>;

/** One frame: its type number and its payload. */
export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

/** Cuts a byte stream into frames; bytes of an unfinished frame wait inside. Throws ProtocolError("length") on a frame over 1 MiB. */
export class FrameDecoder {
  private pending: Buffer[] = [];
  private size = 0;

  /** Takes a piece of the stream and returns the frames that it completes. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    this.pending.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    this.size += chunk.length;
    let wanted = this.wanted();
    if (wanted === undefined || this.size < wanted) return frames;
    let data = this.join();
    while (wanted !== undefined && data.length >= wanted) {
      frames.push({ type: data[4] ?? 0, payload: data.subarray(5, wanted) });
      data = data.subarray(wanted);
      wanted = lengthOf(data);
    }
    this.pending = data.length > 0 ? [data] : [];
    this.size = data.length;
    return frames;
  }

  /** Bytes of an unfinished frame. */
  get buffered(): number {
    return this.size;
  }

  private wanted(): number | undefined {
    if (this.size < 4) return undefined;
    const first = this.pending[0];
    return lengthOf(first !== undefined && first.length >= 4 ? first : this.join());
  }

  private join(): Buffer {
    if (this.pending.length !== 1) this.pending = [Buffer.concat(this.pending, this.size)];
    return this.pending[0] ?? Buffer.alloc(0);
  }
}

function lengthOf(data: Buffer): number | undefined {
  if (data.length < 4) return undefined;
  const length = data.readUInt32LE(0);
  if (length < 1 || length > maxFrameLength) throw new ProtocolError("length", `frame of ${length} bytes`);
  return 4 + length;
}

type Fields = Readonly<Record<string, keyof FieldTypes>>;

function putFields(writer: ByteWriter, fields: Fields, message: Readonly<Record<string, unknown>>): void {
  for (const name in fields) {
    const value = message[name];
    switch (fields[name]) {
      case "u8":
        writer.u8(value as number);
        break;
      case "u32":
        writer.u32(value as number);
        break;
      case "i32":
        writer.i32(value as number);
        break;
      case "u64":
        writer.u64(value as number);
        break;
      case "bool":
      case "lateBool":
        writer.u8(value === true ? 1 : 0);
        break;
      case "str":
        writer.str(value as string);
        break;
      case "bytes":
        writer.bytes(value as Uint8Array);
        break;
      case "u64s":
        writer.u64s(value as readonly number[]);
        break;
    }
  }
}

function takeFields(reader: ByteReader, fields: Fields, into: Record<string, unknown>): void {
  for (const name in fields) {
    const type = fields[name];
    if (type === undefined) continue;
    if (type === "lateBool") into[name] = reader.rest > 0 && reader.u8() !== 0;
    else into[name] = type === "bool" ? reader.u8() !== 0 : reader[type]();
  }
}

function frame(type: number, put: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter();
  writer.u32(0);
  writer.u8(type);
  put(writer);
  const length = writer.length - 4;
  if (length > maxFrameLength) throw new ProtocolError("length", `frame of ${length} bytes`);
  writer.patchU32(0, length);
  return writer.finish();
}

function byType(table: MessageTable): ReadonlyMap<number, { kind: string; fields: Fields }> {
  return new Map(Object.entries(table).map(([kind, spec]) => [spec.type, { kind, fields: spec.fields }]));
}

const commandsByType = byType(commandTable);
const eventsByType = byType(eventTable);
const journalInByType = byType(journalInTable);
const journalOutByType = byType(journalOutTable);

function decode(table: ReturnType<typeof byType>, given: Frame, header: readonly string[]): Record<string, unknown> {
  const spec = table.get(given.type);
  if (spec === undefined) throw new ProtocolError("type", `unknown frame type ${given.type}`);
  const reader = new ByteReader(given.payload);
  const message: Record<string, unknown> = { kind: spec.kind };
  for (const name of header) message[name] = reader.u64();
  takeFields(reader, spec.fields, message);
  if (reader.rest > 0) throw new ProtocolError("length", `${reader.rest} bytes after a ${spec.kind}`);
  return message;
}

const headerNames = ["seq", "monotonicUsec", "boottimeUsec", "realtimeUsec"] as const;

/** A command as one frame; `number` is the command number, 0 for commands that need not be remembered. */
export function encodeCommand(number: number, command: KeeperCommand): Buffer {
  const spec = commandTable[command.kind];
  return frame(spec.type, (writer) => {
    writer.u64(number);
    putFields(writer, spec.fields, command);
  });
}

/** The command in a frame, and its number. Throws ProtocolError. */
export function decodeCommand(given: Frame): { readonly number: number; readonly command: KeeperCommand } {
  const { number, ...command } = decode(commandsByType, given, ["number"]);
  return { number: number as number, command: command as unknown as KeeperCommand };
}

/** An event as one frame. */
export function encodeEvent(event: KeeperEvent): Buffer {
  const spec = eventTable[event.kind];
  return frame(spec.type, (writer) => {
    for (const name of headerNames) writer.u64(event[name]);
    putFields(writer, spec.fields, event as unknown as Readonly<Record<string, unknown>>);
  });
}

/** The event in a frame. Throws ProtocolError. */
export function decodeEvent(given: Frame): KeeperEvent {
  return decode(eventsByType, given, headerNames) as unknown as KeeperEvent;
}

/** A message to the journal process as one frame. */
export function encodeJournalInput(message: JournalInput): Buffer {
  const spec = journalInTable[message.kind];
  return frame(spec.type, (writer) => putFields(writer, spec.fields, message));
}

/** The message to the journal process in a frame. Throws ProtocolError. */
export function decodeJournalInput(given: Frame): JournalInput {
  return decode(journalInByType, given, []) as unknown as JournalInput;
}

/** A message of the journal process as one frame. */
export function encodeJournalOutput(message: JournalOutput): Buffer {
  const spec = journalOutTable[message.kind];
  return frame(spec.type, (writer) => putFields(writer, spec.fields, message));
}

/** The message of the journal process in a frame. Throws ProtocolError. */
export function decodeJournalOutput(given: Frame): JournalOutput {
  return decode(journalOutByType, given, []) as unknown as JournalOutput;
}
