/** The journal process's end of its channel to the keeper: descriptor 3 of the journal process. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { decodeJournalInput, encodeJournalOutput, FrameDecoder, type JournalInput } from "./frames.ts";

/** Receives log data in order and acknowledges what is written; what is not acknowledged comes again to the next process. */
export class JournalChannel {
  private readonly channel: Duplex;

  constructor(channel: Duplex, deliver: (messages: readonly JournalInput[]) => void) {
    this.channel = channel;
    // A keeper that is gone shows as the close of the channel; what it had acknowledged no longer matters.
    channel.on("error", () => channel.destroy());
    const decoder = new FrameDecoder();
    channel.on("data", (chunk: Buffer) => {
      try {
        deliver(decoder.push(chunk).map(decodeJournalInput));
      } catch (error) {
        channel.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Over an inherited descriptor, 3 as the keeper starts its processes. */
  static overFd(deliver: (messages: readonly JournalInput[]) => void, fd = 3): JournalChannel {
    return new JournalChannel(new Socket({ fd, readable: true, writable: true }), deliver);
  }

  /** Every byte of the stream below `offset` is written; also answers `streamEof`. */
  streamAck(stream: number, offset: number): void {
    this.channel.write(encodeJournalOutput({ kind: "streamAck", stream, offset }));
  }

  /** Every datagram of the source up to `seq` is written. */
  datagramAck(source: number, seq: number): void {
    this.channel.write(encodeJournalOutput({ kind: "datagramAck", source, seq }));
  }

  /** Calls back when the keeper has closed the channel: flush and end. */
  onClose(callback: () => void): void {
    this.channel.once("close", callback);
  }
}
