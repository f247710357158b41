/** The manager's end of the channel to the keeper: descriptor 3 of the manager process. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ProtocolError } from "./bytes.ts";
import {
  decodeEvent,
  encodeCommand,
  FrameDecoder,
  type KeeperCommand,
  type KeeperEvent,
  type KeeperEventBody,
} from "./frames.ts";
import { type ExecPlan, encodePlan } from "./plan.ts";
import { protocolVersion } from "./protocol.ts";

type EventOf<K extends KeeperEventBody["kind"]> = Extract<KeeperEvent, { kind: K }>;

/** What the keeper tells a new manager before any event: who it is, and everything that is there. */
export interface KeeperRecovery {
  readonly hello: EventOf<"hello">;
  readonly tokens: readonly EventOf<"rowToken">[];
  readonly groups: readonly EventOf<"rowGroup">[];
  readonly listeners: readonly EventOf<"rowListener">[];
  readonly fds: readonly EventOf<"rowFd">[];
  readonly streams: readonly EventOf<"rowStream">[];
  readonly sockets: readonly EventOf<"rowSockets">[];
}

/** Commands that answer the present connection only: they need no number and no record. */
const unnumbered = new Set<KeeperCommand["kind"]>(["connSend", "connClose", "ack"]);

/** The bytes of one `connSend` at most; longer data is cut into several. */
const maxSend = 1 << 19;

/** A batch that has grown to this many bytes is sent on, the keeper has work for a while. */
const maxGathered = 16384;

/** Speaks the keeper's protocol over a duplex stream. */
export class KeeperClient {
  /** The inventory that this generation began with. */
  readonly recovery: KeeperRecovery;
  private readonly channel: Duplex;
  private readonly waiting: KeeperEvent[];
  private deliver: ((event: KeeperEvent) => void) | undefined;
  private last: number;
  private batches = 0;
  private readonly gathered: Buffer[] = [];
  private gatheredLength = 0;

  private constructor(channel: Duplex, recovery: KeeperRecovery, waiting: KeeperEvent[]) {
    this.channel = channel;
    this.recovery = recovery;
    this.waiting = waiting;
    this.last = recovery.hello.lastCommand;
  }

  /**
   * Reads hello and inventory and resolves with a client. Rejects with ProtocolError when the keeper speaks another
   * protocol, or with an Error when the channel ends first. Events wait until `start`.
   */
  static connect(channel: Duplex): Promise<KeeperClient> {
    return new Promise((resolve, reject) => {
      const decoder = new FrameDecoder();
      const rows: KeeperEvent[] = [];
      const waiting: KeeperEvent[] = [];
      let client: KeeperClient | undefined;
      const fail = (error: Error): void => {
        if (client === undefined) reject(error);
        channel.destroy(error);
      };
      const take = (event: KeeperEvent): void => {
        if (client !== undefined) client.accept(event);
        else if (event.kind === "inventoryEnd") {
          const recovery = gather(rows);
          client = new KeeperClient(channel, recovery, waiting);
          resolve(client);
        } else rows.push(event);
      };
      channel.on("data", (chunk: Buffer) => {
        try {
          for (const given of decoder.push(chunk)) take(decodeEvent(given));
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)));
        }
      });
      channel.once("error", fail);
      channel.once("close", () => fail(new Error("the keeper's channel closed")));
    });
  }

  /** Over an inherited descriptor, 3 as the keeper starts its processes. */
  static overFd(fd = 3): Promise<KeeperClient> {
    return KeeperClient.connect(new Socket({ fd, readable: true, writable: true }));
  }

  /** Hands over events from now on, those that came since the inventory first. Called once. */
  start(deliver: (event: KeeperEvent) => void): void {
    this.deliver = deliver;
    for (const event of this.waiting.splice(0)) deliver(event);
  }

  /** Calls back when the channel has ended: the keeper is gone, and this process has nothing left to do. */
  onClose(callback: () => void): void {
    if (this.channel.closed) callback();
    else this.channel.once("close", callback);
  }

  /** Whether everything that was sent has left this process: then a death loses none of it. */
  get drained(): boolean {
    return this.gathered.length === 0 && this.channel.writableLength === 0;
  }

  /** The highest command number used so far. */
  get lastCommand(): number {
    return this.last;
  }

  /** Reserves the next command number, to be recorded before `send` is called with it. */
  reserve(): number {
    this.last += 1;
    return this.last;
  }

  /**
   * Sends a command. `number` is one that `reserve` gave, or, in recovery, one from the record (numbers up to
   * `recovery.hello.lastCommand` are ignored by the keeper). Without it the next number is taken; connSend, connClose and ack go
   * unnumbered.
   */
  send(command: KeeperCommand, number?: number): number {
    const used = number ?? (unnumbered.has(command.kind) ? 0 : this.reserve());
    if (used > this.last) this.last = used;
    this.write(encodeCommand(used, command));
    return used;
  }

  /** Spawns a plan in a group; answered by `spawned`, then `execOk` or `execFailed`, at last `exited`. */
  spawn(token: number, group: string, plan: ExecPlan, number?: number): number {
    return this.send({ kind: "spawn", token, group, plan: encodePlan(plan) }, number);
  }

  /** Says that everything up to `seq` is recorded and need not be sent again. */
  ack(seq: number): void {
    if (seq > 0) this.send({ kind: "ack", seq });
  }

  /** Sends bytes to a client's connection. */
  connSend(conn: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; at += maxSend)
      this.send({ kind: "connSend", conn, data: data.subarray(at, at + maxSend) });
  }

  /** Several sends as one write, or as a few large ones: so the keeper begins while the rest is still being worked out. */
  batch(work: () => void): void {
    this.batches++;
    try {
      work();
    } finally {
      this.batches--;
      if (this.batches === 0) this.flush();
    }
  }

  private write(bytes: Buffer): void {
    this.gathered.push(bytes);
    this.gatheredLength += bytes.length;
    if (this.batches === 0 || this.gatheredLength >= maxGathered) this.flush();
  }

  private flush(): void {
    if (this.gathered.length === 0) return;
    this.channel.write(this.gathered.length === 1 ? this.gathered[0] : Buffer.concat(this.gathered));
    this.gathered.length = 0;
    this.gatheredLength = 0;
  }

  private accept(event: KeeperEvent): void {
    if (this.deliver === undefined) this.waiting.push(event);
    else this.deliver(event);
  }
}

function gather(rows: readonly KeeperEvent[]): KeeperRecovery {
  const [hello] = rows;
  if (hello?.kind !== "hello") throw new ProtocolError("type", "the keeper did not begin with hello");
  if (hello.protocol !== protocolVersion)
    throw new ProtocolError("type", `the keeper speaks protocol ${hello.protocol}, this is ${protocolVersion}`);
  const of = <K extends KeeperEvent["kind"]>(kind: K): EventOf<K>[] =>
    rows.filter((row): row is EventOf<K> => row.kind === kind);
  return {
    hello,
    tokens: of("rowToken"),
    groups: of("rowGroup"),
    listeners: of("rowListener"),
    fds: of("rowFd"),
    streams: of("rowStream"),
    sockets: of("rowSockets"),
  };
}
