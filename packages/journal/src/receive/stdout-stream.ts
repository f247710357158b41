/** One line that a service wrote, and how it ended when not by a newline (systemd.journal-fields(7), _LINE_BREAK=). */
export interface StreamLine<Sender> {
  readonly bytes: Buffer;
  readonly lineBreak: "nul" | "line-max" | "eof" | "pid-change" | undefined;
  /** Who wrote it, as given with the bytes that ended it. */
  readonly sender: Sender;
  /** The stream's offset behind the line: all below belongs to this line or earlier ones. */
  readonly end: number;
}

/** journald.conf(5), LineMax=: bytes after which a line is cut. */
export const LINE_MAX = 48 * 1024;

/**
 * Cuts a service's output stream into lines. Bytes come with their offset in the stream, so that bytes which are sent
 * again (below `written`) are passed over. A line ends at a newline, a NUL, after LINE_MAX bytes, at the end of the stream, or where
 * another process goes on writing.
 */
export class StreamLines<Sender> {
  #rest: Buffer = Buffer.alloc(0);
  #sender: Sender | undefined;
  #offset: number;
  readonly #sameSender: (a: Sender, b: Sender) => boolean;

  constructor(written: number, sameSender: (a: Sender, b: Sender) => boolean) {
    this.#offset = written;
    this.#sameSender = sameSender;
  }

  /** The offset behind all bytes that were taken, finished lines or not. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes bytes that start at `offset`; answers the lines that they complete. Bytes are not copied when a line lies in them. */
  push(offset: number, bytes: Buffer, sender: Sender): StreamLine<Sender>[] {
    const known = this.#offset - offset;
    if (known >= bytes.length) return [];
    const lines: StreamLine<Sender>[] = [];
    if (this.#sender !== undefined && this.#rest.length > 0 && !this.#sameSender(this.#sender, sender)) {
      lines.push({ bytes: this.#rest, lineBreak: "pid-change", sender: this.#sender, end: this.#offset });
      this.#rest = Buffer.alloc(0);
    }
    this.#sender = sender;
    const fresh = known > 0 ? bytes.subarray(known) : bytes;
    this.#offset = offset + bytes.length;
    const data = this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]);
    const start = this.#offset - data.length;
    let at = 0;
    let nul = data.indexOf(0);
    while (at < data.length) {
      if (nul >= 0 && nul < at) nul = data.indexOf(0, at);
      let end = data.indexOf(0x0a, at);
      let lineBreak: StreamLine<Sender>["lineBreak"];
      if (nul >= 0 && (end < 0 || nul < end)) {
        end = nul;
        lineBreak = "nul";
      }
      if (end < 0 ? data.length - at >= LINE_MAX : end - at > LINE_MAX) {
        lines.push({
          bytes: data.subarray(at, at + LINE_MAX),
          lineBreak: "line-max",
          sender,
          end: start + at + LINE_MAX,
        });
        at += LINE_MAX;
        continue;
      }
      if (end < 0) break;
      lines.push({ bytes: data.subarray(at, end), lineBreak, sender, end: start + end + 1 });
      at = end + 1;
    }
    // A copy: the rest of a large chunk is not to keep the chunk.
    this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : Buffer.alloc(0);
    return lines;
  }

  /** The stream is at its end: what is left is a line. */
  finish(): StreamLine<Sender>[] {
    if (this.#rest.length === 0 || this.#sender === undefined) return [];
    const line: StreamLine<Sender> = { bytes: this.#rest, lineBreak: "eof", sender: this.#sender, end: this.#offset };
    this.#rest = Buffer.alloc(0);
    return [line];
  }
}

/** Spaces at the end of a line are not kept; a line of nothing but spaces stays as it is. (So journald does.) */
export function trimLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && isSpace(bytes[end - 1]!)) end--;
  return end === bytes.length || end === 0 ? bytes : bytes.subarray(0, end);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** The level that a line gives itself, `<3>text` (sd-daemon(3)), and where its text starts. */
export function levelPrefix(bytes: Buffer): { readonly level: number; readonly start: number } | undefined {
  if (bytes[0] !== 0x3c) return undefined;
  const close = bytes.indexOf(0x3e);
  if (close < 2 || close > 4) return undefined;
  let value = 0;
  for (let at = 1; at < close; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value > 7 ? undefined : { level: value, start: close + 1 };
}
