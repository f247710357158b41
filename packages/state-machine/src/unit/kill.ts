import type { KillDefinition } from "../definition/definition.ts";
import type { SignalReason } from "../model/effect.ts";
import type { Token } from "../model/event.ts";
import { emit, type Turn, unitOf } from "../turn.ts";

const SIGHUP = 1;
const SIGKILL = 9;
const SIGCONT = 18;

/** One way to end a unit's processes. `last`: the hard one, after which nobody is asked any more. */
export interface Killing {
  readonly signal: number;
  readonly last: boolean;
  readonly why: SignalReason | undefined;
}

/** systemd.kill(5) for a unit that is asked to go, and for one that did not. */
export function killingFor(kill: KillDefinition, last: boolean): Killing {
  return last ? { signal: kill.finalKillSignal, last, why: "kill" } : { signal: kill.killSignal, last, why: undefined };
}

/** Signals a unit's processes by KillMode= (systemd.kill(5)). True when there is somebody whose end is to be waited for. */
export function killUnit(
  turn: Turn,
  unit: string,
  { killMode, sendSighup }: KillDefinition,
  tokens: readonly Token[],
  { signal, last, why }: Killing,
): boolean {
  if (killMode === "none") return false;
  const told = why === undefined ? {} : { why };
  if (killMode === "control-group" || (killMode === "mixed" && last)) {
    if (!unitOf(turn, unit).populated) return false;
    const group = (number: number): void =>
      emit(turn, { kind: "signalGroup", unit, signal: number, except: [], ...(number === signal ? told : {}) });
    group(signal);
    if (signal !== SIGKILL) group(SIGCONT);
    if (sendSighup && !last) group(SIGHUP);
    return true;
  }
  for (const token of tokens) {
    emit(turn, { kind: "signal", unit, token, signal, ...told });
    if (signal !== SIGKILL) emit(turn, { kind: "signal", unit, token, signal: SIGCONT });
    if (sendSighup && !last) emit(turn, { kind: "signal", unit, token, signal: SIGHUP });
  }
  return tokens.length > 0;
}
