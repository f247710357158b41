import { type IncomingCall, ServerConnection, type Signal } from "@steward/ipc";

/** What the connections need of the keeper: it holds the sockets. */
export interface Transport {
  send(connection: number, bytes: Uint8Array): void;
  close(connection: number): void;
}

/** The clients of the private socket. One that sends garbage is dropped, alone. */
export class Connections {
  private readonly clients = new Map<number, ServerConnection>();
  private readonly transport: Transport;
  private readonly guid: string;
  private readonly onCall: (call: IncomingCall) => void;
  private readonly allow: (uid: number) => boolean;
  private readonly onLeave: (client: ServerConnection) => void;
  private readonly onUnusedFds: (fds: readonly number[]) => void;
  private readonly onDrop: (reason: string, pid: number, uid: number) => void;
  private signals: Signal[] = [];
  private flushing = false;

  constructor(options: {
    readonly transport: Transport;
    readonly guid: string;
    readonly onCall: (call: IncomingCall) => void;
    readonly allow: (uid: number) => boolean;
    /** A client is gone: what it held is let go. */
    readonly onLeave: (client: ServerConnection) => void;
    readonly onUnusedFds: (fds: readonly number[]) => void;
    readonly onDrop: (reason: string, pid: number, uid: number) => void;
  }) {
    this.transport = options.transport;
    this.guid = options.guid;
    this.onCall = options.onCall;
    this.allow = options.allow;
    this.onLeave = options.onLeave;
    this.onDrop = options.onDrop;
    this.onUnusedFds = options.onUnusedFds;
  }

  opened(connection: number, peer: { readonly pid: number; readonly uid: number; readonly gid: number }): void {
    const refuse = (reason: string): void => {
      this.onDrop(reason, peer.pid, peer.uid);
      this.forget(connection);
      this.transport.close(connection);
    };
    if (!this.allow(peer.uid)) {
      refuse(`user ${peer.uid} may not speak to this manager`);
      return;
    }
    const client = new ServerConnection({
      peer,
      guid: this.guid,
      allow: this.allow,
      onCall: this.onCall,
      takesFds: true,
      onUnusedFds: this.onUnusedFds,
      send: (bytes) => this.transport.send(connection, bytes),
      close: refuse,
    });
    this.clients.set(connection, client);
  }

  /** `fds`: ids of the descriptors that came with the bytes. */
  data(connection: number, bytes: Uint8Array, fds: readonly number[] = []): void {
    const client = this.clients.get(connection);
    if (client !== undefined) client.feed(bytes, fds);
    else if (fds.length > 0) this.onUnusedFds(fds);
  }

  closed(connection: number): void {
    this.clients.get(connection)?.end();
    this.forget(connection);
  }

  private forget(connection: number): void {
    const client = this.clients.get(connection);
    this.clients.delete(connection);
    if (client !== undefined) this.onLeave(client);
  }

  /** Tells every client. Signals leave after the replies of the same turn, as a caller expects its job's path first. */
  emit(signal: Signal): void {
    if (this.clients.size === 0) return;
    this.signals.push(signal);
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => this.flush());
  }

  get size(): number {
    return this.clients.size;
  }

  private flush(): void {
    this.flushing = false;
    const signals = this.signals;
    this.signals = [];
    for (const client of this.clients.values()) for (const signal of signals) client.emit(signal);
  }
}
