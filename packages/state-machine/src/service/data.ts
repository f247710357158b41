import { defineService } from "../definition/define-service.ts";
import type { ServiceDefinition } from "../definition/definition.ts";
import { definitionOf } from "../definition/definitions.ts";
import type { ControlProcess } from "../model/controlled.ts";
import type { Token } from "../model/event.ts";
import type { DualTimestamp } from "../model/now.ts";
import type { ServiceData, ServiceState } from "../model/service.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";

/** A service in a turn: what every phase below is a function of. */
export interface Service {
  readonly turn: Turn;
  readonly unit: string;
}

const noSettings = defineService({ id: "", names: [], loadState: "not-found", settings: {}, dependencies: [] });

/** The settings in force. A record whose unit file is gone goes on by systemd's defaults until it is at rest. */
export function settings(s: Service): ServiceDefinition {
  return definitionOf(s.turn.state, s.unit)?.service ?? noSettings;
}

export function data(s: Service): ServiceData {
  const { machine } = unitOf(s.turn, s.unit);
  if (machine.type !== "service") throw new Error(`${s.unit} is recorded as a ${machine.type}`);
  return machine;
}

/** Changes data without a change of state. */
export function patch(s: Service, change: Partial<ServiceData>): void {
  patchUnit(s.turn, s.unit, { machine: { ...data(s), ...change } });
}

export function control(state: ServiceState): ControlProcess | undefined {
  return "control" in state ? state.control : undefined;
}

export function moment(s: Service): DualTimestamp {
  const { realtimeUsec, monotonicUsec } = s.turn.now;
  return { realtimeUsec, monotonicUsec };
}

/** A process that nobody waits for any more: its end is only cleaned up after. */
export function letStray(s: Service, token: Token): void {
  patchUnit(s.turn, s.unit, { strays: [...unitOf(s.turn, s.unit).strays, token] });
}
