/**
 * A service on a message bus: calls to a well-known name reach the same handlers as those on a socket of our own. Who
 * calls is asked of the bus, once for each sender: unique names are not used again.
 */
import { type Bus, joinBus, type NameReply } from "./bus.ts";
import type { ConnectOptions } from "./client.ts";
import { type DBusError, errorNames } from "./errors.ts";
import { type Message, messageFlags, messageTypes } from "./message.ts";
import type { Caller, IncomingCall, Peer, Signal } from "./server-connection.ts";

export interface BusServerOptions extends Omit<ConnectOptions, "onCall"> {
  /** The name to serve, such as org.freedesktop.systemd1. */
  readonly name: string;
  readonly onCall: (call: IncomingCall) => void;
  /** Hears signals from the first moment: those that come together with the name too. */
  readonly onSignal?: (signal: Message) => void;
}

export interface BusServer {
  readonly bus: Bus;
  /** Whether the name is ours. */
  readonly reply: NameReply;
  /** Sends a signal to everybody on the bus who asked for it. */
  emit(signal: Signal): void;
}

const MAX_KNOWN_SENDERS = 1024;

/** Joins a bus and serves a name there. Rejects when the bus cannot be reached; look at `reply` for whether the name was free. */
export async function serveOnBus(options: BusServerOptions): Promise<BusServer> {
  const { name, onCall, onSignal, ...connect } = options;
  const senders = new Map<string, Promise<Peer>>();
  const early: Message[] = [];
  let bus: Bus | undefined;
  const receive = (message: Message): void => {
    if (bus === undefined) early.push(message);
    else void deliver(bus, senders, message, onCall);
  };
  bus = await joinBus({ ...connect, onCall: receive });
  if (onSignal !== undefined) bus.connection.onSignal(onSignal);
  const reply = await bus.requestName(name);
  for (const message of early.splice(0)) receive(message);
  return { bus, reply, emit: (signal) => send(bus, signal) };
}

async function deliver(
  bus: Bus,
  senders: Map<string, Promise<Peer>>,
  message: Message,
  onCall: (call: IncomingCall) => void,
): Promise<void> {
  const { sender = "" } = message;
  let known = senders.get(sender);
  if (known === undefined) {
    if (senders.size >= MAX_KNOWN_SENDERS) senders.clear();
    known = bus.credentialsOf(sender);
    senders.set(sender, known);
  }
  const peer = await known.catch(() => undefined);
  if (peer !== undefined) {
    onCall(incoming(bus, message, peer));
    return;
  }
  // A sender that the bus will not name gets no further; one that has gone hears nothing.
  senders.delete(sender);
  const denied = { type: messageTypes.error, errorName: errorNames.accessDenied, signature: "s" };
  answer(bus, message, denied, ["Access denied"]);
}

function incoming(bus: Bus, message: Message, peer: Peer): IncomingCall {
  let answered = false;
  const once = (header: Parameters<typeof answer>[2], values: Parameters<typeof answer>[3]): void => {
    if (answered) return;
    answer(bus, message, header, values);
    answered = true;
  };
  const connection: Caller = { peer, ready: true, emit: (signal) => send(bus, signal, message.sender) };
  return {
    message,
    peer,
    connection,
    reply: (signature, values) => once({ type: messageTypes.methodReturn, signature }, values),
    fail: (error: DBusError) =>
      once({ type: messageTypes.error, errorName: error.errorName, signature: "s" }, [error.message]),
  };
}

type Send = Bus["connection"]["send"];

function answer(
  bus: Bus,
  message: Message,
  header: Omit<Parameters<Send>[0], "flags" | "serial">,
  values: Parameters<Send>[1],
): void {
  if ((message.flags & messageFlags.noReplyExpected) !== 0 || message.sender === undefined) return;
  const common = {
    flags: messageFlags.noReplyExpected,
    serial: 0,
    replySerial: message.serial,
    destination: message.sender,
  };
  bus.connection.send({ ...common, ...header }, values);
}

function send(bus: Bus, signal: Signal, destination?: string): void {
  const { path, interface: name, member, signature = "", body = [] } = signal;
  const header = {
    type: messageTypes.signal,
    flags: messageFlags.noReplyExpected,
    serial: 0,
    path,
    interface: name,
    member,
    signature,
  };
  bus.connection.send({ ...header, ...(destination !== undefined && { destination }) }, body);
}
