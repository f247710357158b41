import { ProtocolError } from "./errors.ts";
import type { Message } from "./message.ts";

const MAX_WAITING = 1024;

/** Descriptors arrive with the bytes of the message that they belong to: in the order of messages, and not after. */
export class FdQueue {
  private waiting: number[] = [];

  /** Takes ids of descriptors that came with the bytes that are read next. Throws ProtocolError when nobody wants them. */
  push(fds: readonly number[]): void {
    this.waiting.push(...fds);
    if (this.waiting.length > MAX_WAITING) throw new ProtocolError("descriptors come without messages");
  }

  /** The message with its descriptors. Throws ProtocolError when they did not come. */
  give(message: Message): Message {
    const { unixFds = 0 } = message;
    if (unixFds === 0) return message;
    if (unixFds > this.waiting.length) throw new ProtocolError("a message's descriptors did not come with it");
    return { ...message, fds: this.waiting.splice(0, unixFds) };
  }

  /** What no message took, when the connection ends. */
  drain(): readonly number[] {
    return this.waiting.splice(0);
  }
}
