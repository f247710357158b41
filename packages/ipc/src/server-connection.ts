/**
 * The server's side of one connection, as a state machine over bytes: no socket inside. The owner feeds what it
 * receives and sends what it is given. Whatever a client sends, feed() does not throw: the client is dropped.
 */

import { DBusError, EncodeError, errorNames, ProtocolError } from "./errors.ts";
import { FdQueue } from "./fd-queue.ts";
import { encodeMessage, type Message, type MessageHeader, messageFlags, messageTypes } from "./message.ts";
import { MessageStream } from "./message-stream.ts";
import { SaslServer } from "./sasl-server.ts";
import type { Value } from "./values.ts";

/** Who is at the other end, as the kernel says (SO_PEERCRED). */
export interface Peer {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
}

/** Where a call came from: a client of our own socket, or one of a message bus. */
export interface Caller {
  readonly peer: Peer;
  /** Whether it can be sent signals. */
  readonly ready: boolean;
  /** Sends a signal to this caller alone. */
  emit(signal: Signal): void;
}

/** A call that awaits its answer. Exactly one of reply and fail is to be used, once; a second is ignored. */
export interface IncomingCall {
  readonly message: Message;
  readonly peer: Peer;
  readonly connection: Caller;
  /** Answers with values by a signature. Throws EncodeError when they do not fit. */
  reply(signature: string, values: readonly Value[]): void;
  fail(error: DBusError): void;
}

export interface ServerConnectionOptions {
  readonly peer: Peer;
  /** The server's identity: 32 hex digits. */
  readonly guid: string;
  /** Whether this user may connect; everybody who reached the socket by default. */
  readonly allow?: (uid: number) => boolean;
  readonly onCall: (call: IncomingCall) => void;
  /** A signal sent by the client; ignored by default. */
  readonly onSignal?: (message: Message) => void;
  readonly send: (bytes: Buffer) => void;
  /** Asks the owner to close the stream, with the reason; what was sent before is still to be delivered. */
  readonly close: (reason: string) => void;
  /** Descriptors may come with messages: `feed` is given their ids. */
  readonly takesFds?: boolean;
  /** Told of descriptors that no message took, when the connection ends. */
  readonly onUnusedFds?: (fds: readonly number[]) => void;
  /** The longest message accepted, 16 MiB by default. */
  readonly maxMessageBytes?: number;
}

/** A signal to send. */
export interface Signal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly Value[];
}

type Phase = "zero" | "sasl" | "messages" | "closed";

const MAX_LINE_BYTES = 4096;
const DEFAULT_MAX_MESSAGE_BYTES = 16 << 20;
const BUS = "org.freedesktop.DBus";

export class ServerConnection implements Caller {
  private readonly options: ServerConnectionOptions;
  private readonly sasl: SaslServer;
  private readonly stream: MessageStream;
  private readonly fds = new FdQueue();
  private phase: Phase = "zero";
  private text: Buffer = Buffer.alloc(0);
  private serial = 0;

  constructor(options: ServerConnectionOptions) {
    this.options = options;
    const { guid, peer, allow = () => true, takesFds = false } = options;
    this.sasl = new SaslServer({ guid, uid: peer.uid, allow, takesFds });
    this.stream = new MessageStream(options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES);
  }

  get peer(): Peer {
    return this.options.peer;
  }

  /** Whether the client is authenticated: only then does it hear signals. */
  get ready(): boolean {
    return this.phase === "messages";
  }

  /** Takes bytes from the client, with the ids of the descriptors that came with them. */
  feed(bytes: Uint8Array, fds: readonly number[] = []): void {
    const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      if (fds.length > 0) this.fds.push(fds);
      if (this.phase === "messages") this.receive(chunk);
      else if (this.phase !== "closed") this.authenticate(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.drop(error.message);
    }
  }

  /** The client is gone: nothing is sent any more. */
  end(): void {
    this.phase = "closed";
    const unused = this.fds.drain();
    if (unused.length > 0) this.options.onUnusedFds?.(unused);
  }

  /** Sends a signal to this client, if it is authenticated. */
  emit(signal: Signal): void {
    if (!this.ready) return;
    const { path, member, signature = "", body = [] } = signal;
    const header = { path, member, interface: signal.interface, signature, flags: messageFlags.noReplyExpected };
    this.sendMessage({ type: messageTypes.signal, ...header }, body);
  }

  private drop(reason: string): void {
    if (this.phase === "closed") return;
    this.end();
    this.options.close(reason);
  }

  private authenticate(chunk: Buffer): void {
    this.text = this.text.length === 0 ? chunk : Buffer.concat([this.text, chunk]);
    if (this.phase === "zero") {
      if (this.text.length === 0) return;
      if (this.text[0] !== 0) throw new ProtocolError("the first byte is not NUL");
      this.phase = "sasl";
      this.text = this.text.subarray(1);
    }
    const rest = this.lines();
    if (this.sasl.state === "refused") this.drop("authentication was refused");
    if (this.sasl.state !== "begun") return;
    this.phase = "messages";
    this.text = Buffer.alloc(0);
    if (rest.length > 0) this.receive(rest);
  }

  /** Answers every whole line and gives back what follows BEGIN. */
  private lines(): Buffer {
    const answers: string[] = [];
    while (this.sasl.state !== "begun" && this.sasl.state !== "refused") {
      const end = this.text.indexOf("\r\n");
      if (end > MAX_LINE_BYTES || (end < 0 && this.text.length > MAX_LINE_BYTES)) {
        throw new ProtocolError("an authentication line is too long");
      }
      if (end < 0) break;
      const answer = this.sasl.line(this.text.toString("latin1", 0, end));
      this.text = this.text.subarray(end + 2);
      if (answer !== undefined) answers.push(`${answer}\r\n`);
    }
    if (answers.length > 0) this.options.send(Buffer.from(answers.join(""), "latin1"));
    return this.text;
  }

  private receive(chunk: Buffer): void {
    for (const message of this.stream.push(chunk)) {
      if (this.phase === "closed") return;
      const given = this.fds.give(message);
      if (message.type === messageTypes.methodCall) this.call(given);
      else {
        if (given.fds !== undefined) this.options.onUnusedFds?.(given.fds);
        if (message.type === messageTypes.signal) this.options.onSignal?.(given);
      }
    }
  }

  private call(message: Message): void {
    const wanted = (message.flags & messageFlags.noReplyExpected) === 0;
    let answered = !wanted;
    const answer = (header: Partial<MessageHeader> & { type: number }, values: readonly Value[]): void => {
      if (answered || this.phase === "closed") return;
      const { sender } = message;
      this.sendMessage(
        {
          flags: messageFlags.noReplyExpected,
          replySerial: message.serial,
          ...header,
          ...(sender && { destination: sender }),
        },
        values,
      );
      answered = true;
    };
    const call: IncomingCall = {
      message,
      peer: this.peer,
      connection: this,
      reply: (signature, values) => answer({ type: messageTypes.methodReturn, signature }, values),
      fail: (error) =>
        answer({ type: messageTypes.error, errorName: error.errorName, signature: "s" }, [plain(error.message)]),
    };
    if (message.member === "Hello" && (message.interface ?? BUS) === BUS && message.path === "/org/freedesktop/DBus") {
      call.reply("s", [":1.0"]);
      return;
    }
    this.options.onCall(call);
  }

  private sendMessage(header: Omit<MessageHeader, "serial">, values: readonly Value[]): void {
    const bytes = encodeMessage({ ...header, serial: this.nextSerial() }, values);
    this.options.send(bytes);
  }

  private nextSerial(): number {
    this.serial = this.serial >= 0xffff_ffff ? 1 : this.serial + 1;
    return this.serial;
  }
}

/** An error's text as a D-Bus string, which cannot hold a NUL. */
function plain(text: string): string {
  return text.replaceAll("\0", "�");
}

/** Whatever was thrown, as an error for the wire. */
export function toDBusError(error: unknown): DBusError {
  if (error instanceof DBusError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DBusError(error instanceof EncodeError ? errorNames.invalidArgs : errorNames.failed, message);
}
