/** A client: one connection to a D-Bus server or bus over a unix socket. Imports nothing but node:net. */
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { DBusError, errorNames, ProtocolError } from "./errors.ts";
import { FdQueue } from "./fd-queue.ts";
import { encodeMessage, MAX_MESSAGE_BYTES, type Message, messageFlags, messageTypes } from "./message.ts";
import { MessageStream } from "./message-stream.ts";
import type { Value } from "./values.ts";

/** What to call. */
export interface Call {
  readonly path: string;
  readonly interface?: string;
  readonly member: string;
  readonly destination?: string;
  readonly signature?: string;
  readonly body?: readonly Value[];
  /** How many descriptors go with the message; whoever owns the stream sends them. */
  readonly fds?: number;
  /** Sets the flag ALLOW_INTERACTIVE_AUTHORIZATION. */
  readonly interactive?: boolean;
}

export interface ConnectOptions {
  /** The socket's path; a leading NUL or @ means an abstract one. */
  readonly path?: string;
  /** A connected stream, in place of a path. */
  readonly socket?: Duplex;
  /** Descriptors are wanted with messages: those that came with what was read so far, by the owner's ids. */
  readonly takeFds?: () => readonly number[];
  /** Given as destination of calls that name none. */
  readonly destination?: string;
  /** Sends the first calls together with the handshake: a round trip less. Not for message buses. */
  readonly eager?: boolean;
  /** Answers calls that the other side makes to us (on a bus); by default they get UnknownMethod. */
  readonly onCall?: (message: Message) => void;
}

interface Waiter {
  resolve(message: Message): void;
  reject(error: Error): void;
}

const MAX_LINE_BYTES = 4096;

/** Connects; calls may be made at once, they leave when the server has accepted us. Use `ready` to wait for authentication. */
export function connectBus(options: ConnectOptions): ClientConnection {
  const { path = "" } = options;
  const socket = options.socket ?? connect({ path: path.startsWith("@") ? `\0${path.slice(1)}` : path });
  return new ClientConnection(socket, options);
}

export class ClientConnection {
  /** Settles when the server has accepted us; rejects with the socket's error or a DBusError AccessDenied. */
  readonly ready: Promise<void>;
  /** Resolves when the connection has ended, with the error that ended it if there was one. */
  readonly closed: Promise<Error | undefined>;
  private readonly socket: Duplex;
  private readonly fds = new FdQueue();
  private readonly options: ConnectOptions;
  private readonly stream = new MessageStream(MAX_MESSAGE_BYTES);
  private readonly waiting = new Map<number, Waiter>();
  private readonly listeners = new Set<(signal: Message) => void>();
  private readonly settleReady: { resolve(): void; reject(error: Error): void };
  private readonly settleClosed: (error: Error | undefined) => void;
  private serial = 0;
  private text: Buffer = Buffer.alloc(0);
  private authenticated = false;
  private unsent: Buffer[] = [];
  private failure: Error | undefined;
  private ended = false;

  constructor(socket: Duplex, options: ConnectOptions) {
    this.socket = socket;
    this.options = options;
    const ready = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<Error | undefined>();
    this.ready = ready.promise;
    this.ready.catch(() => {});
    this.closed = closed.promise;
    this.settleReady = ready;
    this.settleClosed = closed.resolve;
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("error", (error) => this.end(error));
    socket.on("close", () => this.end(new DBusError(errorNames.disconnected, "Connection reset by peer")));
    if (options.eager === true) {
      socket.cork();
      process.nextTick(() => this.sendEarly());
    }
    const negotiate = options.takeFds === undefined ? "" : "NEGOTIATE_UNIX_FD\r\n";
    socket.write(`\0AUTH EXTERNAL\r\nDATA\r\n${negotiate}BEGIN\r\n`, "latin1");
  }

  /** Calls a method and gives the reply's values. Rejects with DBusError for an error reply or a lost connection. */
  async call(call: Call): Promise<Value[]> {
    return (await this.request(call)).body();
  }

  /** Calls a method and gives the whole reply. */
  request(call: Call): Promise<Message> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const serial = ++this.serial;
    const bytes = this.encode(call, serial, call.interactive ? messageFlags.allowInteractiveAuthorization : 0);
    return new Promise((resolve, reject) => {
      this.waiting.set(serial, { resolve, reject });
      this.write(bytes);
    });
  }

  /** Calls a method without awaiting an answer. */
  notify(call: Call): void {
    if (this.failure === undefined) this.write(this.encode(call, ++this.serial, messageFlags.noReplyExpected));
  }

  /** Sends a message of any type; the serial is given to it. Returns the serial. */
  send(header: Parameters<typeof encodeMessage>[0], values: readonly Value[] = []): number {
    const serial = ++this.serial;
    if (this.failure === undefined) this.write(encodeMessage({ ...header, serial }, values));
    return serial;
  }

  /** Hears every signal that arrives; the result stops it. */
  onSignal(listener: (signal: Message) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Ends the connection after what was written. */
  close(): void {
    this.end(undefined);
    if ("destroySoon" in this.socket) (this.socket as Socket).destroySoon();
    else this.socket.end();
  }

  private sendEarly(): void {
    this.flushUnsent();
    this.socket.uncork();
  }

  private flushUnsent(): void {
    if (this.unsent.length > 0) this.socket.write(Buffer.concat(this.unsent));
    this.unsent = [];
  }

  /** sd-bus as a server leaves a message that came together with BEGIN unread until the next one comes. */
  private nudge(): void {
    if (this.options.eager !== true || this.waiting.size === 0) return;
    this.notify({ path: "/", interface: "org.freedesktop.DBus.Peer", member: "Ping" });
  }

  private write(bytes: Buffer): void {
    if (this.authenticated) this.socket.write(bytes);
    else this.unsent.push(bytes);
  }

  private encode(call: Call, serial: number, flags: number): Buffer {
    const { path, member, signature = "", body = [] } = call;
    const destination = call.destination ?? this.options.destination;
    const header = { type: messageTypes.methodCall, flags, serial, path, member, signature };
    return encodeMessage(
      {
        ...header,
        ...(destination && { destination }),
        ...(call.interface && { interface: call.interface }),
        ...(call.fds !== undefined && { unixFds: call.fds }),
      },
      body,
    );
  }

  private receive(chunk: Buffer): void {
    try {
      const came = this.options.takeFds?.() ?? [];
      if (came.length > 0) this.fds.push(came);
      const rest = this.authenticated ? chunk : this.handshake(chunk);
      if (rest !== undefined && rest.length > 0)
        for (const message of this.stream.push(rest)) this.deliver(this.fds.give(message));
    } catch (error) {
      this.end(error as Error);
      this.socket.destroy();
    }
  }

  /** Reads DATA and OK; gives back what follows them. */
  private handshake(chunk: Buffer): Buffer | undefined {
    this.text = this.text.length === 0 ? chunk : Buffer.concat([this.text, chunk]);
    for (;;) {
      const end = this.text.indexOf("\r\n");
      if (end < 0 && this.text.length > MAX_LINE_BYTES) throw new ProtocolError("an authentication line is too long");
      if (end < 0) return undefined;
      const line = this.text.toString("latin1", 0, end);
      this.text = this.text.subarray(end + 2);
      if (line.startsWith("OK")) {
        if (this.options.takeFds === undefined) break;
        continue;
      }
      // The answer to NEGOTIATE_UNIX_FD, which comes after OK whichever it is.
      if (line.startsWith("AGREE_UNIX_FD") || line.startsWith("ERROR")) break;
      if (!line.startsWith("DATA")) throw new DBusError(errorNames.accessDenied, "Access denied");
    }
    this.authenticated = true;
    this.flushUnsent();
    this.nudge();
    this.settleReady.resolve();
    return this.text;
  }

  private deliver(message: Message): void {
    if (message.type === messageTypes.signal) {
      for (const listener of this.listeners) listener(message);
      return;
    }
    if (message.type === messageTypes.methodCall) {
      if (this.options.onCall !== undefined) this.options.onCall(message);
      else this.refuse(message);
      return;
    }
    const waiter = this.waiting.get(message.replySerial ?? 0);
    if (waiter === undefined) return;
    this.waiting.delete(message.replySerial ?? 0);
    if (message.type === messageTypes.error) waiter.reject(errorOf(message));
    else waiter.resolve(message);
  }

  private refuse(message: Message): void {
    if ((message.flags & messageFlags.noReplyExpected) !== 0) return;
    const text = `Unknown method ${message.member} or interface ${message.interface ?? ""}.`;
    const header = {
      type: messageTypes.error,
      flags: messageFlags.noReplyExpected,
      serial: 0,
      replySerial: message.serial,
    };
    const { sender } = message;
    this.send(
      { ...header, errorName: errorNames.unknownMethod, signature: "s", ...(sender && { destination: sender }) },
      [text],
    );
  }

  private end(error: Error | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = error ?? new DBusError(errorNames.disconnected, "Connection is closed");
    this.settleReady.reject(this.failure);
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
    this.settleClosed(error);
  }
}

function errorOf(message: Message): DBusError {
  const text = message.signature.startsWith("s") ? message.body()[0] : undefined;
  return new DBusError(
    message.errorName ?? errorNames.failed,
    typeof text === "string" ? text : (message.errorName ?? ""),
  );
}
