import type { PathResult, PathState } from "../model/path.ts";
import { emit } from "../turn.ts";
import { logResult } from "../unit/log-result.ts";
import { setMachine } from "../unit/set-state.ts";
import { data, type Path, patch } from "./data.ts";

/** Nothing of earlier looks is waited for any more. */
export function unwatch(p: Path): void {
  for (const look of data(p).looks) emit(p.turn, { kind: "unwatchPaths", unit: p.unit, look });
  patch(p, { looks: [], looking: undefined, touched: undefined });
}

/** The one door between states. Only `waiting` has watches: while the unit runs, or the path unit is down, nobody looks. */
export function setState(p: Path, state: PathState): void {
  if (state !== "waiting") unwatch(p);
  setMachine(p.turn, p.unit, { ...data(p), state });
}

/** The end, of itself or by a stop. The first thing that went wrong is the result. */
export function enterDead(p: Path, result: PathResult): void {
  if (data(p).result === "success") patch(p, { result });
  const ended = data(p).result;
  logResult(p.turn, p.unit, ended);
  setState(p, ended === "success" ? "dead" : "failed");
}
