import type { Machine, Outcome } from "../engine.ts";
import type { MachineData } from "../model/state.ts";
import { patchUnit, type Turn, take, unitOf } from "../turn.ts";
import { invocationId } from "../unit/invocation.ts";
import { setMachine } from "../unit/set-state.ts";

function enter(turn: Turn, unit: string, state: string): void {
  const { machine } = unitOf(turn, unit);
  if (machine.type === "service") throw new Error(`${unit} is recorded as a service`);
  setMachine(turn, unit, { ...machine, state } as MachineData);
}

/** A unit with nothing of its own to do: it is `up` as soon as it is started. Perpetual ones are never stopped. */
export function simpleMachine(up: string): Machine {
  return {
    start(turn, unit): Outcome {
      const id = invocationId(turn.state.seed, take(turn, "nextInvocation"));
      patchUnit(turn, unit, { invocation: id });
      enter(turn, unit, up);
      return "acted";
    },
    stop(turn, unit): Outcome {
      enter(turn, unit, "dead");
      return "acted";
    },
  };
}
