import { existsSync } from "node:fs";
import { type BusServer, DBusError, type IncomingCall, type Message, type Signal, serveOnBus } from "@steward/ipc";
import { say } from "../console.ts";
import { RelayedStream } from "./relayed-stream.ts";

/** What the link needs around it. */
export interface BusLinkParts {
  /** "system" or "session", for messages. */
  readonly kind: string;
  /** Where the bus listens: asked anew each time, because a session's address is in the environment. */
  readonly path: () => string | undefined;
  /** Whether the bus may be spoken to now: a bus that is a unit of ours has to run first. */
  readonly mayConnect: () => boolean;
  readonly keeper: {
    connect(connection: number, path: string): void;
    send(connection: number, bytes: Uint8Array): void;
    close(connection: number): void;
  };
  readonly onCall: (call: IncomingCall) => void;
  /** dbus-daemon asks for the service that a message is for (SystemdService= of its activation file). */
  readonly onActivation: (unit: string) => Promise<void>;
  /** A name got an owner, or has none any more. Told for each name that is watched, also when the link comes about. */
  readonly onOwner: (name: string, owned: boolean) => void;
  /** The bus went away, or cannot be reached. */
  readonly onDown: () => void;
}

const ownName = "org.freedesktop.systemd1";
/** Numbers that the keeper does not give to clients. */
const firstConnection = 2 ** 40;
const retriesMsec = [50, 200, 500, 1000, 2000];

/** Signals of dbus-daemon about an owner's coming and going; the rule names one name, so that others wake nobody. */
function ownerRule(name: string): string {
  return `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`;
}

/**
 * The manager on a message bus, wherever there is one: it owns org.freedesktop.systemd1 and answers there as on its own
 * socket. The bus may come, go and come again at any time; the keeper holds the socket, so descriptors can be passed.
 */
export class BusLink {
  private readonly parts: BusLinkParts;
  private readonly watched = new Set<string>();
  private next = firstConnection;
  private connection: number | undefined;
  private stream: RelayedStream | undefined;
  private server: BusServer | undefined;
  private retries = 0;
  private timer: NodeJS.Timeout | undefined;
  private complained = false;

  constructor(parts: BusLinkParts) {
    this.parts = parts;
  }

  /** Whether the bus answers, and the name is ours. */
  get isUp(): boolean {
    return this.server !== undefined;
  }

  /** Whether there is a connection, or soon will be one. */
  get isConnecting(): boolean {
    return this.connection !== undefined;
  }

  /** Something suggests that there is a bus now. */
  tryConnect(): void {
    this.retries = 0;
    this.connect();
  }

  private connect(): void {
    const path = this.parts.path();
    if (this.connection !== undefined || path === undefined) return;
    if (!path.startsWith("@") && !existsSync(path)) return;
    if (!this.parts.mayConnect()) return;
    clearTimeout(this.timer);
    this.connection = this.next++;
    this.parts.keeper.connect(this.connection, path);
  }

  /** Whether a connection of the keeper's is this one. */
  owns(connection: number): boolean {
    return connection >= firstConnection;
  }

  opened(connection: number): void {
    if (connection !== this.connection) return;
    const stream = new RelayedStream({
      send: (bytes) => this.parts.keeper.send(connection, bytes),
      close: () => this.parts.keeper.close(connection),
    });
    this.stream = stream;
    void this.serve(stream);
  }

  data(connection: number, bytes: Uint8Array, fds: readonly number[]): void {
    if (connection === this.connection) this.stream?.arrived(bytes, fds);
  }

  closed(connection: number): void {
    if (connection !== this.connection) return;
    const { stream } = this;
    const wasUp = this.isUp;
    this.connection = undefined;
    this.stream = undefined;
    this.server = undefined;
    stream?.gone();
    // A bus that is being restarted is there again soon; one that is not tells by its unit or its socket when it is.
    const pause = retriesMsec[this.retries++];
    if (pause !== undefined) this.timer = setTimeout(() => this.connect(), pause).unref();
    if (wasUp || pause === undefined) this.parts.onDown();
  }

  private async serve(stream: RelayedStream): Promise<void> {
    try {
      const server = await serveOnBus({
        socket: stream,
        takeFds: () => stream.takeFds(),
        name: ownName,
        onCall: this.parts.onCall,
        onSignal: (signal) => this.hear(signal),
      });
      if (stream !== this.stream) return;
      if (server.reply !== "owner" && server.reply !== "already-owner")
        throw new Error(`the name ${ownName} is taken there by another`);
      this.server = server;
      this.retries = 0;
      await Promise.all([...this.watched].map((name) => this.follow(server, name)));
    } catch (error) {
      if (stream !== this.stream) return;
      this.retries = retriesMsec.length;
      this.complain(error);
      stream.destroy();
    }
  }

  private complain(error: unknown): void {
    if (this.complained) return;
    this.complained = true;
    const denied = error instanceof DBusError && error.errorName === "org.freedesktop.DBus.Error.AccessDenied";
    const advice = denied
      ? " The bus needs systemd's policy, /usr/share/dbus-1/system.d/org.freedesktop.systemd1.conf of the package systemd."
      : "";
    const text = error instanceof Error ? error.message : String(error);
    say(`not on the ${this.parts.kind} bus: ${text}.${advice}`, "warning");
  }

  /** Says of a name, now and whenever that changes, whether somebody owns it. */
  watch(name: string): void {
    if (this.watched.has(name)) return;
    this.watched.add(name);
    if (this.server !== undefined) this.quietly(this.follow(this.server, name));
  }

  unwatch(name: string): void {
    if (!this.watched.delete(name)) return;
    if (this.server !== undefined) this.quietly(this.server.bus.removeMatch(ownerRule(name)));
  }

  private async follow(server: BusServer, name: string): Promise<void> {
    await server.bus.addMatch(ownerRule(name));
    const owner = await server.bus.ownerOf(name);
    if (server === this.server) this.parts.onOwner(name, owner !== undefined);
  }

  /** A bus that goes away under a question is told by `closed`. */
  private quietly(work: Promise<void>): void {
    work.catch(() => undefined);
  }

  /** Tells everybody on the bus who asked for such signals. */
  emit(signal: Signal): void {
    this.server?.emit(signal);
  }

  private hear(signal: Message): void {
    if (signal.sender !== "org.freedesktop.DBus") return;
    if (signal.member === "NameOwnerChanged" && signal.interface === "org.freedesktop.DBus") {
      const [name, , owner] = signal.body() as [string, string, string];
      if (this.watched.has(name)) this.parts.onOwner(name, owner !== "");
    } else if (
      signal.member === "ActivationRequest" &&
      signal.interface === "org.freedesktop.systemd1.Activator" &&
      signal.signature.startsWith("s")
    ) {
      const [unit] = signal.body() as [string];
      this.parts.onActivation(unit).catch((error: unknown) => this.activationFailed(unit, error));
    }
  }

  /** dbus-daemon answers those who wait for the name with this error. */
  private activationFailed(unit: string, error: unknown): void {
    const name = error instanceof DBusError ? error.errorName : "org.freedesktop.DBus.Error.Failed";
    const text = error instanceof Error ? error.message : String(error);
    this.server?.bus.connection.send(
      {
        type: 4,
        flags: 1,
        serial: 0,
        destination: "org.freedesktop.DBus",
        path: "/org/freedesktop/systemd1",
        interface: "org.freedesktop.systemd1.Activator",
        member: "ActivationFailure",
        signature: "sss",
      },
      [unit, name, text],
    );
  }
}
