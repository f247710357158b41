import type { Machine } from "../engine.ts";
import { patchUnit } from "../turn.ts";
import { unlimited } from "../unit/blank.ts";
import { patch } from "./data.ts";
import { dispatch } from "./dispatch.ts";

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
};
