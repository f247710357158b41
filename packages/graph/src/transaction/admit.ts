import type { JobType } from "../jobs/job.ts";
import { collapseJobType } from "../jobs/job-tables.ts";
import { canReload, unitFlag } from "./capabilities.ts";
import { invalid, refusal } from "./errors.ts";
import type { TransactionError, TransactionInput } from "./types.ts";

/** What is asked for after `reloadIfPossible` and the unit's state had their say, or why it may not be asked. */
export function admit({ graph, view, request }: TransactionInput): { type: JobType } | { error: TransactionError } {
  const unit = graph.resolve(request.unit) ?? request.unit;
  let { type } = request;
  if (request.reloadIfPossible && canReload(graph, view, unit)) {
    if (type === "restart") type = "reload-or-start";
    else if (type === "try-restart") type = "try-reload";
  }
  const state = view.activeState(unit);
  const collapsed = collapseJobType(type, state);
  if (request.manual) {
    const loadState = graph.unit(unit)?.loadState ?? "not-found";
    if (type === "stop" && state === "inactive" && ["not-found", "error", "bad-setting"].includes(loadState))
      return { error: refusal("NoSuchUnit", `Unit ${unit} not loaded.`) };
    const noStart = unitFlag(graph, unit, "RefuseManualStart");
    const noStop = unitFlag(graph, unit, "RefuseManualStop");
    const starts = type === "start" || (type === "reload-or-start" && collapsed === "start");
    const restarts = type === "restart" || type === "try-restart";
    if ((starts && noStart) || (type === "stop" && noStop) || (restarts && (noStart || noStop)))
      return {
        error: refusal(
          "OnlyByDependency",
          `Operation refused, unit ${unit} may be requested by dependency only (it is configured to refuse manual start/stop).`,
        ),
      };
  }
  if (request.mode === "isolate" && type !== "start") return { error: invalid("Isolate is only valid for start.") };
  if (request.mode === "isolate" && !unitFlag(graph, unit, "AllowIsolate"))
    return { error: refusal("NoIsolation", "Operation refused, unit may not be isolated.") };
  if (request.mode === "triggering" && type !== "stop")
    return { error: invalid("--job-mode=triggering is only valid for stop.") };
  // Since systemd 254; 252 does not know the mode.
  if (request.mode === "restart-dependencies" && type !== "start")
    return { error: invalid("--job-mode=restart-dependencies is only valid for start.") };
  return { type: collapsed };
}
