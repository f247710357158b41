import type { Machine } from "../engine.ts";
import type { UnitEvent } from "../model/event.ts";
import { patchUnit, unitOf } from "../turn.ts";
import { unlimited } from "../unit/blank.ts";
import { onBusName } from "./bus-name.ts";
import { enterCleaning } from "./cleaning.ts";
import { patch, type Service } from "./data.ts";
import { dispatch } from "./dispatch.ts";
import { onFdHung, releaseStore } from "./fd-store.ts";
import { onNotify } from "./notify.ts";
import { onAdopted, onExecFailed, onExecOk, onExited, onGroupEmpty, onPidFile, onSpawned } from "./process-events.ts";
import { onSpawnFailed } from "./spawn-failed.ts";
import { onTimer } from "./timer-events.ts";

function onEvent(s: Service, event: UnitEvent): void {
  switch (event.kind) {
    case "spawned":
      return onSpawned(s, event);
    case "spawnFailed":
      return onSpawnFailed(s, event);
    case "execOk":
      return onExecOk(s, event);
    case "execFailed":
      return onExecFailed(s, event);
    case "exited":
      return onExited(s, event);
    case "groupEmpty":
      return onGroupEmpty(s);
    case "notify":
      return onNotify(s, event);
    case "pidFile":
      return onPidFile(s, event);
    case "adopted":
      return onAdopted(s, event);
    case "timer":
      return onTimer(s, event.slot);
    case "busName":
      return onBusName(s, event.owned);
    case "fdHung":
      return onFdHung(s, event.fd);
    case "oomKill":
      dispatch(s, { kind: "oomKill" });
      return;
  }
}

/** Services, as the job engine sees them (systemd.service(5)). */
export const serviceMachine: Machine = {
  start: (turn, unit) => dispatch({ turn, unit }, { kind: "start" }) ?? "failed",
  stop: (turn, unit) => dispatch({ turn, unit }, { kind: "stop" }) ?? "failed",
  reload: (turn, unit) => dispatch({ turn, unit }, { kind: "reload" }) ?? "failed",
  resetFailed(turn, unit) {
    const s = { turn, unit };
    dispatch(s, { kind: "resetFailed" });
    patch(s, { result: "success", reloadResult: "success", nRestarts: 0, flushRestarts: false });
    patchUnit(turn, unit, { startLimit: unlimited, startLimitHit: false });
  },
  clean(turn, unit, what) {
    const directories = what.filter((resource) => resource !== "fdstore");
    const begun = directories.length > 0 ? enterCleaning({ turn, unit }, directories) : "begun";
    if (begun === "begun" && what.includes("fdstore")) releaseStore(turn, unitOf(turn, unit));
    return begun;
  },
  event: (turn, unit, event) => onEvent({ turn, unit }, event),
};
