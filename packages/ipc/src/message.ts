/** Whole messages: the fixed header, its fields and the body (D-Bus specification, "Message Protocol"). */
import { EncodeError, ProtocolError } from "./errors.ts";
import { marshalInto } from "./marshal.ts";
import { isBusName, isInterfaceName, isMemberName, isObjectPath } from "./names.ts";
import { Reader, readVariant, unmarshal } from "./unmarshal.ts";
import type { Value } from "./values.ts";
import { Writer } from "./writer.ts";

export const messageTypes = { methodCall: 1, methodReturn: 2, error: 3, signal: 4 } as const;
export const messageFlags = { noReplyExpected: 1, noAutoStart: 2, allowInteractiveAuthorization: 4 } as const;

/** The longest message of the specification, 128 MiB. */
export const MAX_MESSAGE_BYTES = 0x800_0000;
const MAX_FIELDS_BYTES = 0x1_0000;
const FIXED_HEADER_BYTES = 16;
const BIG_ENDIAN = 0x42;
const LITTLE_ENDIAN = 0x6c;

/** What a message says besides its body. */
export interface MessageHeader {
  type: number;
  flags: number;
  serial: number;
  path?: string;
  interface?: string;
  member?: string;
  errorName?: string;
  replySerial?: number;
  destination?: string;
  sender?: string;
  signature?: string;
  /** How many descriptors come with it. */
  unixFds?: number;
}

/** A received message. The body is read when it is asked for. */
export interface Message extends Readonly<MessageHeader> {
  readonly signature: string;
  readonly bigEndian: boolean;
  readonly bodyBytes: Buffer;
  /** The owner's ids of the descriptors that came with it; a value of type `h` is an index into them. */
  readonly fds?: readonly number[];
  /** The body's values; throws ProtocolError when they are not what the signature says. */
  body(): Value[];
}

type FieldName = Exclude<keyof MessageHeader, "type" | "flags" | "serial">;
const fieldsByCode: { readonly [code: number]: readonly [name: FieldName, signature: string] } = {
  1: ["path", "o"],
  2: ["interface", "s"],
  3: ["member", "s"],
  4: ["errorName", "s"],
  5: ["replySerial", "u"],
  6: ["destination", "s"],
  7: ["sender", "s"],
  8: ["signature", "g"],
  9: ["unixFds", "u"],
};

const shared = new Writer(4096);
const KEPT_CAPACITY = 1 << 20;

/** Bytes of a message. Throws EncodeError when the values do not fit its signature. */
export function encodeMessage(header: MessageHeader, values: readonly Value[] = [], bigEndian = false): Buffer {
  const writer = bigEndian ? new Writer(512, true) : shared;
  writer.at = 0;
  const { signature = "" } = header;
  writer.reserve(FIXED_HEADER_BYTES);
  writer.uint8(bigEndian ? BIG_ENDIAN : LITTLE_ENDIAN);
  writer.uint8(header.type);
  writer.uint8(header.flags);
  writer.uint8(1);
  writer.uint32(0);
  writer.uint32(header.serial);
  writer.uint32(0);
  if (header.path !== undefined) textField(writer, 1, "o", header.path);
  if (header.interface !== undefined) textField(writer, 2, "s", header.interface);
  if (header.member !== undefined) textField(writer, 3, "s", header.member);
  if (header.errorName !== undefined) textField(writer, 4, "s", header.errorName);
  if (header.replySerial !== undefined) {
    fieldStart(writer, 5, "u");
    writer.uint32(header.replySerial);
  }
  if (header.destination !== undefined) textField(writer, 6, "s", header.destination);
  if (header.sender !== undefined) textField(writer, 7, "s", header.sender);
  if (signature !== "") {
    fieldStart(writer, 8, "g");
    writer.signature(signature);
  }
  if (header.unixFds !== undefined) {
    fieldStart(writer, 9, "u");
    writer.uint32(header.unixFds);
  }
  writer.put32(12, writer.at - FIXED_HEADER_BYTES);
  writer.align(8);
  const bodyStart = writer.at;
  marshalInto(writer, signature, values);
  writer.put32(4, writer.at - bodyStart);
  if (writer.at > MAX_MESSAGE_BYTES) throw new EncodeError("a message has at most 128 MiB");
  const bytes = writer.take();
  if (writer.bytes.length > KEPT_CAPACITY) writer.bytes = Buffer.allocUnsafe(4096);
  return bytes;
}

function fieldStart(writer: Writer, code: number, signature: string): void {
  writer.align(8);
  writer.uint8(code);
  writer.signature(signature);
}

function textField(writer: Writer, code: number, signature: string, value: string): void {
  fieldStart(writer, code, signature);
  writer.string(value);
}

/** How many bytes the message that begins here has; undefined while too few are there to say. Throws ProtocolError. */
export function messageLength(bytes: Buffer, maxBytes: number): number | undefined {
  if (bytes.length < FIXED_HEADER_BYTES) return undefined;
  const bigEndian = bytes[0] === BIG_ENDIAN;
  if (!bigEndian && bytes[0] !== LITTLE_ENDIAN) throw new ProtocolError("not a message: unknown byte order");
  if (bytes[3] !== 1) throw new ProtocolError("not a message: unknown protocol version");
  const bodyBytes = bigEndian ? bytes.readUInt32BE(4) : bytes.readUInt32LE(4);
  const fieldBytes = bigEndian ? bytes.readUInt32BE(12) : bytes.readUInt32LE(12);
  if (fieldBytes > MAX_FIELDS_BYTES) throw new ProtocolError("a message's header is too long");
  const total = FIXED_HEADER_BYTES + align8(fieldBytes) + bodyBytes;
  if (total > maxBytes) throw new ProtocolError(`a message of ${total} bytes is longer than ${maxBytes}`);
  return total;
}

function align8(count: number): number {
  return (count + 7) & ~7;
}

/** Reads the one whole message that these bytes are. Throws ProtocolError. */
export function decodeMessage(bytes: Buffer): Message {
  const bigEndian = bytes[0] === BIG_ENDIAN;
  const reader = new Reader(bytes, bigEndian, 1);
  const header: MessageHeader = { type: reader.uint8(), flags: reader.uint8(), serial: 0 };
  reader.at = 4;
  const bodyLength = reader.uint32();
  header.serial = reader.uint32();
  if (header.serial === 0) throw new ProtocolError("a message's serial is 0");
  readFields(reader, header);
  reader.align(8);
  if (bytes.length - reader.at !== bodyLength) throw new ProtocolError("a message's length is wrong");
  check(header);
  const { signature = "" } = header;
  const bodyBytes = bytes.subarray(reader.at);
  return { ...header, signature, bigEndian, bodyBytes, body: () => unmarshal(signature, bodyBytes, { bigEndian }) };
}

function readFields(reader: Reader, header: MessageHeader): void {
  const end = reader.arrayEnd(8);
  while (reader.at < end) {
    reader.align(8);
    const code = reader.uint8();
    const { signature, value } = readVariant(reader);
    const field = fieldsByCode[code];
    if (code === 0) throw new ProtocolError("a header field has code 0");
    if (field === undefined) continue;
    if (signature !== field[1]) throw new ProtocolError(`header field ${field[0]} has type ${signature}`);
    (header as { [name in FieldName]?: Value })[field[0]] = value;
  }
  if (reader.at !== end) throw new ProtocolError("the last header field passes the header's end");
}

function check(header: MessageHeader): void {
  const { type, path, member, errorName, replySerial } = header;
  const complete =
    type === messageTypes.methodCall
      ? path !== undefined && member !== undefined
      : type === messageTypes.methodReturn
        ? replySerial !== undefined
        : type === messageTypes.error
          ? replySerial !== undefined && errorName !== undefined
          : type === messageTypes.signal
            ? path !== undefined && member !== undefined && header.interface !== undefined
            : type !== 0;
  if (!complete) throw new ProtocolError("a message lacks a header field that its type needs");
  if (path !== undefined && !isObjectPath(path)) throw new ProtocolError("not an object path");
  if (member !== undefined && !isMemberName(member)) throw new ProtocolError("not a member name");
  if (header.interface !== undefined && !isInterfaceName(header.interface)) throw new ProtocolError("not an interface");
  if (errorName !== undefined && !isInterfaceName(errorName)) throw new ProtocolError("not an error name");
  if (header.destination !== undefined && !isBusName(header.destination)) throw new ProtocolError("not a bus name");
}
