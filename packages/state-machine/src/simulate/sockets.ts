import type { PassedDescriptor } from "../model/effect.ts";
import type { ConnectionPeer, SocketProblem } from "../model/event.ts";
import type { Bare } from "./processes.ts";

/** What a socket unit of a simulated machine is like. */
export interface SocketNature {
  /** How many sockets it lists. */
  readonly count: number;
  /** Accept=yes. */
  readonly accepts: boolean;
  /** Opening them fails so. */
  readonly problem?: SocketProblem;
}

interface OpenSet {
  readonly unit: string;
  readonly set: number;
  readonly fds: readonly number[];
  readonly accepts: boolean;
  watched: boolean;
  /** Clients that knocked and that nobody has let in yet. */
  waiting: number;
}

/** The sockets that the keeper of a simulated machine holds, and who knocks at them. */
export class SimulatedSockets {
  readonly open = new Map<number, OpenSet>();
  /** Connections that are held, and those that were closed again. */
  readonly connections = new Set<number>();
  readonly closed = new Set<number>();
  readonly #later: (run: () => Bare | undefined) => void;
  readonly #nature: (unit: string) => SocketNature;
  #nextFd = 1;
  #nextPid = 5_000;

  constructor(later: (run: () => Bare | undefined) => void, nature: (unit: string) => SocketNature) {
    this.#later = later;
    this.#nature = nature;
  }

  /** A set that is open already is answered for again: the command was repeated. */
  openSet(unit: string, set: number): void {
    const { count, accepts, problem } = this.#nature(unit);
    if (problem !== undefined) {
      this.#later(() => ({ kind: "socketsOpened", unit, set, fds: [], problem, warnings: [] }));
      return;
    }
    const known = this.open.get(set);
    const fds = known?.fds ?? Array.from({ length: count }, () => this.#nextFd++);
    if (known === undefined) this.open.set(set, { unit, set, fds, accepts, watched: false, waiting: 0 });
    this.#later(() => ({ kind: "socketsOpened", unit, set, fds, warnings: [] }));
  }

  watch(set: number, on: boolean, flush: boolean): void {
    const it = this.open.get(set);
    if (it === undefined) return;
    if (flush) it.waiting = 0;
    it.watched = on;
    this.#look(it);
  }

  close(set: number): void {
    this.open.delete(set);
  }

  /** False: there is no such connection, or it was closed before. */
  closeDescriptor(fd: number): boolean {
    if (!this.connections.delete(fd)) return false;
    this.closed.add(fd);
    return true;
  }

  /** Somebody connects. False: nobody listens there. */
  knock(unit: string): boolean {
    for (const it of this.open.values())
      if (it.unit === unit) {
        it.waiting++;
        this.#look(it);
        return true;
      }
    return false;
  }

  /** A service lets in everybody who waits at the sockets that it was given. */
  letIn(fds: readonly PassedDescriptor[]): void {
    for (const it of this.open.values()) if (fds.some(({ id }) => it.fds.includes(id))) it.waiting = 0;
  }

  #look(it: OpenSet): void {
    const { unit, set } = it;
    if (!it.accepts && it.watched && it.waiting > 0) {
      it.watched = false;
      this.#later(() => ({ kind: "socketTraffic", unit, set }));
    }
    for (; it.accepts && it.watched && it.waiting > 0; it.waiting--) {
      const fd = this.#nextFd++;
      const pid = this.#nextPid++;
      const peer: ConnectionPeer = { instance: `${pid}-0`, shown: `PID ${pid}/UID 0`, address: "", port: 0 };
      this.connections.add(fd);
      this.#later(() => ({ kind: "connection", unit, set, fd, peer }));
    }
  }
}
