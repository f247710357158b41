import { definitionOf } from "../definition/definitions.ts";
import { logUnit, priority } from "../log/log.ts";
import { signalName } from "../log/signal-name.ts";
import type { TriggerDetails } from "../model/state.ts";
import { type Turn, unitOf } from "../turn.ts";
import { related } from "./related.ts";

/** The MONITOR_… variables of systemd.exec(5) that a handler gets to know of the unit that ended. */
function triggerDetails(turn: Turn, unit: string): TriggerDetails {
  const record = unitOf(turn, unit);
  const env: (readonly [string, string])[] = [];
  if (record.machine.type === "service") {
    const { result, mainExec } = record.machine;
    env.push(["MONITOR_SERVICE_RESULT", result]);
    if (mainExec.code !== 0) {
      const code = ["exited", "exited", "killed", "dumped"][mainExec.code]!;
      env.push(["MONITOR_EXIT_CODE", code]);
      env.push(["MONITOR_EXIT_STATUS", code === "exited" ? String(mainExec.status) : signalName(mainExec.status)]);
    }
  }
  if (record.invocation !== "") env.push(["MONITOR_INVOCATION_ID", record.invocation]);
  env.push(["MONITOR_UNIT", unit]);
  return { unit, env };
}

/** OnFailure= and OnSuccess= (systemd.unit(5)). */
export function startOnEnd(turn: Turn, unit: string, atom: "on-failure" | "on-success"): void {
  const others = [...related(turn, unit, atom)];
  if (others.length === 0) return;
  if (turn.ended.has(unit)) return;
  turn.ended.add(unit);
  const definition = definitionOf(turn.state, unit);
  const directive = atom === "on-failure" ? "OnFailure=" : "OnSuccess=";
  const mode = atom === "on-failure" ? definition?.onFailureJobMode : definition?.onSuccessJobMode;
  logUnit(turn, priority.info, unit, `Triggering ${directive} dependencies.`);
  const trigger = triggerDetails(turn, unit);
  for (const other of others) {
    const enqueued = turn.engine.enqueue(turn, { unit: other, type: "start", mode: mode ?? "replace", trigger });
    if (!enqueued.ok)
      logUnit(turn, priority.warning, unit, `Failed to enqueue ${directive} job, ignoring: ${enqueued.message}`);
  }
}
