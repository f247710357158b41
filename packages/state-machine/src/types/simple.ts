import type { Machine, Outcome } from "../engine.ts";
import type { PlainData } from "../model/state.ts";
import { patchUnit, type Turn, take, unitOf } from "../turn.ts";
import { invocationId } from "../unit/invocation.ts";
import { setMachine } from "../unit/set-state.ts";

function plain(turn: Turn, unit: string): PlainData {
  const { machine } = unitOf(turn, unit);
  if (machine.type === "service") throw new Error(`${unit} is recorded as a service`);
  return machine;
}

function enter(turn: Turn, unit: string, state: string): void {
  setMachine(turn, unit, { ...plain(turn, unit), state });
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
