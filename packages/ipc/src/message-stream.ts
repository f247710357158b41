/** Cuts a stream of bytes into messages, however the bytes arrive. */
import { decodeMessage, type Message, messageLength } from "./message.ts";

export class MessageStream {
  private chunks: Buffer[] = [];
  private held = 0;
  private wanted = 16;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The messages that these bytes complete. Throws ProtocolError; the stream is of no use after that. */
  push(chunk: Buffer): Message[] {
    this.chunks.push(chunk);
    this.held += chunk.length;
    if (this.held < this.wanted) return [];
    let bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.held);
    const messages: Message[] = [];
    for (;;) {
      const length = messageLength(bytes, this.maxBytes);
      this.wanted = length ?? 16;
      if (length === undefined || bytes.length < length) break;
      messages.push(decodeMessage(bytes.subarray(0, length)));
      bytes = bytes.subarray(length);
    }
    this.chunks = bytes.length > 0 ? [bytes] : [];
    this.held = bytes.length;
    return messages;
  }
}
