import type { Machine } from "../engine.ts";
import type { SocketDirective } from "../model/effect.ts";
import type { UnitEvent } from "../model/event.ts";
import { patchUnit } from "../turn.ts";
import { unlimited } from "../unit/blank.ts";
import {
  controlExecFailed,
  controlExited,
  controlNotMade,
  controlSpawned,
  groupEmptied,
} from "../unit/control-process.ts";
import { forget } from "../unit/timers.ts";
import { runNextCommand } from "./commands.ts";
import { onConnectionLoaded, refuse } from "./connections.ts";
import { blame, data, patch, type SocketUnit, settings } from "./data.ts";
import type { SocketEvent } from "./event.ts";
import { table } from "./table.ts";

/** Looks up the cell of the state that the socket is in now and performs it. */
function dispatch<E extends SocketEvent>(s: SocketUnit, event: E): ReturnType<(typeof table)["dead"][E["kind"]]> {
  // The table's type ties each cell to its event; the lookup by value cannot carry that tie along.
  const cell = table[data(s).state][event.kind] as unknown as (s: SocketUnit, event: SocketEvent) => unknown;
  return cell(s, event) as ReturnType<(typeof table)["dead"][E["kind"]]>;
}

type EventOf<K extends UnitEvent["kind"]> = Extract<UnitEvent, { readonly kind: K }>;

function onExited(s: SocketUnit, event: EventOf<"exited">): void {
  const { commands } = settings(s);
  const ended = controlExited<SocketDirective>(
    s.turn,
    s.unit,
    event,
    ({ directive, index }) => commands[directive][index]?.ignoreFailure ?? false,
  );
  if (ended !== undefined) {
    const { result, command } = ended;
    blame(s, result);
    if (result === "success" && runNextCommand(s, command.directive, command.index)) return;
    dispatch(s, { kind: "controlExited", result, directive: command.directive });
  } else if (event.lastOfGroup) dispatch(s, { kind: "groupEmpty" });
}

function onEvent(s: SocketUnit, event: UnitEvent): void {
  switch (event.kind) {
    case "spawned":
      return controlSpawned(s.turn, s.unit, event);
    case "spawnFailed": {
      const directive = data(s).control?.command.directive;
      if (controlNotMade(s.turn, s.unit, event) && directive !== undefined)
        dispatch(s, { kind: "controlNotMade", directive, reason: event.reason });
      return;
    }
    case "execFailed": {
      const command = data(s).control?.command;
      const path = command === undefined ? "" : settings(s).commands[command.directive][command.index]?.path;
      return controlExecFailed(s.turn, s.unit, event, path ?? "");
    }
    case "exited":
      return onExited(s, event);
    case "groupEmpty":
      if (groupEmptied(s.turn, s.unit)) dispatch(s, event);
      return;
    case "timer":
      if (event.slot === "state" && forget(s.turn, s.unit, "state")) dispatch(s, { kind: "timeout" });
      return;
    case "connectionLoaded":
      return onConnectionLoaded(s, event);
    case "connection":
      // Of a set that is closed already: nobody is there to serve it.
      if (event.set === data(s).sockets?.set) dispatch(s, event);
      else refuse(s, event);
      return;
    case "socketsOpened":
    case "socketTraffic":
      if (event.set === data(s).sockets?.set) dispatch(s, event);
      return;
    default:
      return;
  }
}

/** Sockets, as the job engine sees them (systemd.socket(5)). */
export const socketMachine: Machine = {
  start: (turn, unit) => dispatch({ turn, unit }, { kind: "start" }),
  stop: (turn, unit) => dispatch({ turn, unit }, { kind: "stop" }),
  resetFailed(turn, unit) {
    const s = { turn, unit };
    dispatch(s, { kind: "resetFailed" });
    patch(s, { result: "success" });
    patchUnit(turn, unit, { startLimit: unlimited, startLimitHit: false });
  },
  event: (turn, unit, event) => onEvent({ turn, unit }, event),
  triggeredChanged: (turn, unit, service) => dispatch({ turn, unit }, { kind: "serviceChanged", service }),
};
