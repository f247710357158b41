import type { KeeperClient, KeeperEvent } from "@steward/process-runtime";
import type { Event } from "@steward/state-machine";
import type { Connections } from "./bus/connections.ts";
import { say } from "./console.ts";
import type { Definitions } from "./definitions.ts";
import { failedStepSubject } from "./failed-steps.ts";
import { toCoreEvent } from "./keeper-events.ts";
import { type LocalZone, zoneWatch } from "./local-zone.ts";
import type { OnTheBus } from "./message-bus/on-the-bus.ts";
import type { Mounts } from "./mounts.ts";
import { type PathLooks, watchOf } from "./path-looks.ts";
import type { PidFiles } from "./pid-files.ts";
import { shellTokens } from "./shell-tokens.ts";
import type { UnitProcesses } from "./unit-processes.ts";
import type { UnitSockets } from "./unit-sockets.ts";

/** Who hears of what the keeper tells. */
export interface IntakeParts {
  readonly keeper: KeeperClient;
  readonly connections: Connections;
  readonly onTheBus: OnTheBus;
  readonly zone: LocalZone;
  readonly looks: PathLooks;
  readonly pidFiles: PidFiles;
  readonly processes: UnitProcesses;
  readonly mounts: Mounts;
  readonly sockets: UnitSockets;
  readonly definitions: Definitions;
  readonly unitOfToken: (token: number) => string | undefined;
  readonly signalled: (signal: number, seq: number) => void;
  /** A clean-up of the shell itself has ended. */
  readonly shellPlanEnded: (token: number) => void;
}

/** Gives a keeper event to the part that it is about, and back what the core hears of it, if anything. */
export function takeIn(parts: IntakeParts, event: KeeperEvent): Event | undefined {
  const { onTheBus, connections, processes, looks, zone, unitOfToken } = parts;
  switch (event.kind) {
    case "connOpened":
      if (onTheBus.owns(event.conn)) onTheBus.opened(event.conn);
      else connections.opened(event.conn, event);
      return undefined;
    case "connData":
      if (onTheBus.owns(event.conn)) onTheBus.data(event.conn, event.data, event.fds);
      else connections.data(event.conn, event.data, event.fds);
      return undefined;
    case "connClosed":
      if (onTheBus.owns(event.conn)) onTheBus.closed(event.conn);
      else connections.closed(event.conn);
      return undefined;
    case "signalled":
      parts.signalled(event.signo, event.seq);
      break;
    case "pathChanged":
      if (onTheBus.pathChanged(event.id)) break;
      if (event.id === zoneWatch) zone.watch();
      else if (watchOf(event.id) === undefined) parts.pidFiles.changed(event.id);
      break;
    case "watching":
      if (event.id === zoneWatch) zone.look();
      else looks.watching(event.id, event.errno);
      break;
    case "stepIgnored":
      looks.stepIgnored(event.token, event.step, event.errno);
      processes.stepIgnored(unitOfToken(event.token), event.status, event.errno);
      break;
    case "spawned":
      processes.spawned(unitOfToken(event.token) ?? "", event.token, event.pid);
      break;
    case "adopted":
      if (event.errno === 0) processes.adopted(unitOfToken(event.token) ?? "", event.token, event.pid);
      break;
    case "mountsChanged":
      setImmediate(() => parts.mounts.look());
      break;
    case "exited":
      // What mount(8) did is known before its end is.
      if (unitOfToken(event.token)?.endsWith(".mount")) parts.mounts.look();
      processes.ended(event.token);
      if (event.token >= shellTokens) parts.shellPlanEnded(event.token);
      break;
    case "listening":
      if (event.errno !== 0) say(`cannot listen on ${event.id}: errno ${event.errno}`, "error");
      break;
    case "notify":
      // Of a unit's the core says what becomes of them.
      if (event.group === "") for (const fd of event.fds) parts.keeper.send({ kind: "closeFd", fd }, 0);
      break;
    default:
      break;
  }
  const about = (unit: string, status: number) => failedStepSubject(parts.definitions.get(unit), status);
  return parts.sockets.event(event) ?? toCoreEvent(event, unitOfToken, about);
}
