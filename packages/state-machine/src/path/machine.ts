import { definitionOf } from "../definition/definitions.ts";
import type { Machine, Outcome } from "../engine.ts";
import { jobOf, patchUnit, take, unitOf } from "../turn.ts";
import { invocationId } from "../unit/invocation.ts";
import { withinStartLimit } from "../unit/start-limit.ts";
import { isTriggerLoaded } from "../unit/triggered.ts";
import { data, type Path, patch, settings } from "./data.ts";
import { look, onLooked, onTouched, triggeredIsBusy } from "./look.ts";
import { enterDead, setState } from "./set-state.ts";

function start(p: Path): Outcome {
  const { turn, unit } = p;
  if (!withinStartLimit(turn, unit)) {
    enterDead(p, "start-limit-hit");
    return "failed";
  }
  if (!isTriggerLoaded(turn, unit)) return "failed";
  patchUnit(turn, unit, { invocation: invocationId(turn.state.seed, take(turn, "nextInvocation")) });
  patch(p, { result: "success" });
  look(p, "start", settings(p).makeDirectory);
  return "quiet";
}

/** The unit that is triggered has changed, or lost its job. */
function onTriggeredChanged(p: Path, triggered: string): void {
  const { turn } = p;
  const { state } = data(p);
  if (state !== "waiting" && state !== "running") return;
  if (definitionOf(turn.state, triggered)?.loadState !== "loaded") return;
  if (unitOf(turn, triggered).startLimitHit) {
    enterDead(p, "unit-start-limit-hit");
    return;
  }
  if (jobOf(turn, triggered) !== undefined) return;
  if (triggeredIsBusy(p)) {
    if (state === "waiting") setState(p, "running");
  } else if (state === "running" && data(p).looking === undefined) look(p, "trigger-notify");
}

/** Path units, as the job engine sees them (systemd.path(5)). */
export const pathMachine: Machine = {
  start: (turn, unit) => start({ turn, unit }),
  stop(turn, unit) {
    enterDead({ turn, unit }, "success");
    return "acted";
  },
  resetFailed(turn, unit) {
    const p = { turn, unit };
    if (data(p).state === "failed") setState(p, "dead");
    patch(p, { result: "success" });
  },
  event(turn, unit, event) {
    if (event.kind === "pathsLooked") onLooked({ turn, unit }, event);
    else if (event.kind === "pathTouched") onTouched({ turn, unit }, event);
  },
  triggeredChanged: (turn, unit, triggered) => onTriggeredChanged({ turn, unit }, triggered),
  /** Other paths may be watched from now on. */
  reloaded(turn, unit) {
    const p = { turn, unit };
    const { state } = data(p);
    if (state === "waiting" || (state === "running" && !triggeredIsBusy(p) && data(p).looking === undefined))
      look(p, "start");
  },
};
