import { existsSync, readFileSync } from "node:fs";
import {
  buildSocketSpec,
  describePeer,
  encodeSocketSpec,
  ignoredLabel,
  type KeeperClient,
  type KeeperEvent,
  notCarriedOutOf,
  resolveCredentials,
  type SocketSpec,
  socketsStage,
  systemNames,
} from "@steward/process-runtime";
import type { Effect, Event, Mishap, Now } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";

/** What the sockets of units need of the rest. */
interface UnitSocketsParts {
  readonly keeper: KeeperClient;
  readonly definition: (name: string) => LoadedUnit | undefined;
  readonly warn: (unit: string, message: string) => void;
}

/** epoll(7). */
const POLLHUP = 0x10;
/** systemd.exec(5): what a process that gives files away ends with. */
const EXIT_CHOWN = 235;
const ESRCH = 3;
const NO_PORT = 0xffff_ffff;

/** Socket units (systemd.socket(5)): what their files say to the keeper, and what the keeper tells of them to the core. */
export class UnitSockets {
  private readonly parts: UnitSocketsParts;
  private readonly names = systemNames();
  private readonly said = new Set<string>();

  constructor(parts: UnitSocketsParts) {
    this.parts = parts;
  }

  open({ unit, set }: Extract<Effect, { kind: "openSockets" }>, number: number): void {
    const definition = this.parts.definition(unit);
    const spec = definition === undefined ? nothing : this.spec(definition);
    if (definition !== undefined) this.sayWhatIsNotDone(definition);
    this.parts.keeper.send({ kind: "socketsOpen", set, unit, spec: encodeSocketSpec(spec) }, number);
  }

  watch({ set, flush }: Extract<Effect, { kind: "watchSockets" }>, number: number): void {
    this.parts.keeper.send({ kind: "socketsArm", set, on: true, flush }, number);
  }

  unwatch({ set }: Extract<Effect, { kind: "unwatchSockets" }>, number: number): void {
    this.parts.keeper.send({ kind: "socketsArm", set, on: false, flush: false }, number);
  }

  close({ set, remove }: Extract<Effect, { kind: "closeSockets" }>, number: number): void {
    this.parts.keeper.send({ kind: "socketsClose", set, remove }, number);
  }

  /** What the core hears of a keeper event; undefined for those that are not about sockets. */
  event(event: KeeperEvent): Event | undefined {
    const now: Now = {
      monotonicUsec: event.monotonicUsec,
      boottimeUsec: event.boottimeUsec,
      realtimeUsec: event.realtimeUsec,
    };
    switch (event.kind) {
      case "socketsOpened":
        return this.opened(event, now);
      case "socketReady": {
        const problem = trafficProblem(event, this.parts.definition(event.unit));
        const { unit, set } = event;
        return { kind: "socketTraffic", now, unit, set, ...(problem === undefined ? {} : { problem }) };
      }
      case "socketAccepted": {
        const { unit, set, fd } = event;
        return { kind: "connection", now, unit, set, fd, peer: describePeer(event) };
      }
      default:
        return undefined;
    }
  }

  private opened(event: Extract<KeeperEvent, { kind: "socketsOpened" }>, now: Now): Event {
    const { unit, set, fds, stage, port, errno } = event;
    const definition = this.parts.definition(unit);
    const spec = definition === undefined ? nothing : this.spec(definition);
    const warnings: Mishap[] = [];
    for (let i = 0; i + 2 < event.ignored.length; i += 3) {
      const [at = 0, index = 0, error = 0] = event.ignored.slice(i, i + 3);
      const label = ignoredLabel(spec, at, index);
      const what = at === NO_PORT ? `Failed to create symlink ${label}, ignoring` : `${label} failed`;
      warnings.push({ what, errno: error });
    }
    if (errno === 0) return { kind: "socketsOpened", now, unit, set, fds, warnings };
    const address = definition?.settings.Socket.Listen[port]?.address ?? "";
    const status = stage === socketsStage.own ? { status: this.ownerStatus(definition) } : {};
    return { kind: "socketsOpened", now, unit, set, fds: [], problem: { errno, address, ...status }, warnings };
  }

  private spec(unit: LoadedUnit): SocketSpec {
    return buildSocketSpec(unit.settings.Socket, {
      owner: this.owner(unit),
      interfaceIndex,
      hasIpv6: existsSync("/proc/net/if_inet6"),
    });
  }

  private credentials(unit: LoadedUnit): ReturnType<typeof resolveCredentials> {
    const { SocketUser, SocketGroup } = unit.settings.Socket;
    return resolveCredentials({ user: SocketUser || undefined, group: SocketGroup || undefined }, this.names);
  }

  /** SocketUser=, SocketGroup=: without a group it is the user's own. */
  private owner(unit: LoadedUnit): SocketSpec["owner"] {
    const found = this.credentials(unit);
    return "message" in found ? { error: ESRCH } : { uid: found.uid, gid: found.gid };
  }

  /** 217/USER or 216/GROUP where there is no such owner. */
  private ownerStatus(unit: LoadedUnit | undefined): number {
    const found = unit === undefined ? undefined : this.credentials(unit);
    return found !== undefined && "message" in found ? found.exitStatus : EXIT_CHOWN;
  }

  private sayWhatIsNotDone(unit: LoadedUnit): void {
    if (this.said.has(unit.id)) return;
    this.said.add(unit.id);
    const names = notCarriedOutOf(unit);
    if (names.length === 0) return;
    const verb = names.length === 1 ? "is" : "are";
    this.parts.warn(
      unit.id,
      `${names.join("=, ")}= ${verb} not carried out by this version of steward; the socket is opened without.`,
    );
  }
}

/** The file is gone: that there is nothing to listen on is the answer. */
const nothing: SocketSpec = {
  directoryMode: 0o755,
  mode: 0o666,
  owner: { uid: undefined, gid: undefined },
  accept: false,
  links: [],
  replacesLinks: false,
  ports: [{ kind: "fail", errno: 2 }],
};

/** What is wrong with a socket that was waited for: in systemd's words. */
function trafficProblem(
  { events, errno }: Extract<KeeperEvent, { kind: "socketReady" }>,
  unit: LoadedUnit | undefined,
): Mishap | undefined {
  if (errno !== 0)
    return { what: unit?.settings.Socket.Accept ? "Failed to accept connection" : "Failed to watch sockets", errno };
  if (events === 1) return undefined;
  if ((events & POLLHUP) !== 0)
    return {
      what: "Got POLLHUP on a listening socket. The service probably invoked shutdown() on it, and should better not do that.",
    };
  return { what: `Got unexpected poll event (0x${events.toString(16)}) on socket.` };
}

/** By name or by number; undefined where there is none. */
function interfaceIndex(name: string): number | undefined {
  if (/^[0-9]+$/.test(name)) return Number(name);
  try {
    return Number(readFileSync(`/sys/class/net/${name}/ifindex`, "utf8"));
  } catch {
    return undefined;
  }
}
