import { defineSocket } from "../definition/define-socket.ts";
import type { SocketDefinition } from "../definition/definition.ts";
import { definitionOf } from "../definition/definitions.ts";
import type { SocketData, SocketResult } from "../model/socket.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";
import { blankSocket } from "../unit/blank.ts";

/** A socket unit in a turn: what every phase below is a function of. */
export interface SocketUnit {
  readonly turn: Turn;
  readonly unit: string;
}

const noSettings = defineSocket({ id: "", names: [], loadState: "not-found", settings: {}, dependencies: [] });

/** The settings in force. A record whose unit file is gone goes on by systemd's defaults until it is at rest. */
export function settings(s: SocketUnit): SocketDefinition {
  return definitionOf(s.turn.state, s.unit)?.socket ?? noSettings;
}

export function data(s: SocketUnit): SocketData {
  const { machine } = unitOf(s.turn, s.unit);
  if (machine.type !== "socket") throw new Error(`${s.unit} is recorded as a ${machine.type}`);
  // A build that did not run sockets recorded their state alone.
  return "sockets" in machine ? machine : { ...blankSocket, ...(machine as object) };
}

/** Changes data without a change of state. */
export function patch(s: SocketUnit, change: Partial<SocketData>): void {
  patchUnit(s.turn, s.unit, { machine: { ...data(s), ...change } });
}

/** The first thing that went wrong is the result; what follows from it is not. */
export function blame(s: SocketUnit, result: SocketResult): void {
  if (data(s).result === "success" && result !== "success") patch(s, { result });
}
