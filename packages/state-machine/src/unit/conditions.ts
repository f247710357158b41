import { resolveName } from "../definition/definitions.ts";
import type { ConditionOutcome, Event } from "../model/event.ts";
import type { JobRecord } from "../model/state.ts";
import { jobOf, patchJob, patchUnit, type Turn } from "../turn.ts";

type Checked = Extract<Event, { readonly kind: "conditionsChecked" }>;

/** systemd.unit(5), "Conditions and Asserts": all plain ones hold, and one of the triggering ones if there are any. */
function conditionsHold(outcomes: readonly ConditionOutcome[]): boolean {
  const held = (outcome: ConditionOutcome): boolean => outcome.result === "succeeded";
  const triggers = outcomes.filter((outcome) => outcome.trigger);
  return (
    outcomes.every((outcome) => outcome.trigger || held(outcome)) && (triggers.length === 0 || triggers.some(held))
  );
}

/** The answer to `checkConditions`. Gives the start that waited for it; none when that was cancelled in the meantime. */
export function onConditionsChecked(turn: Turn, event: Checked): JobRecord | undefined {
  const unit = resolveName(turn.state, event.unit);
  const job = jobOf(turn, unit);
  if (job === undefined || job.check !== event.check) return undefined;
  const now = { realtimeUsec: turn.now.realtimeUsec, monotonicUsec: turn.now.monotonicUsec };
  const conditionResult = conditionsHold(event.conditions);
  patchUnit(turn, unit, {
    conditions: event.conditions,
    conditionResult,
    conditionAt: now,
    // Asserts are looked at only where the conditions hold.
    ...(conditionResult ? { asserts: event.asserts, assertResult: conditionsHold(event.asserts), assertAt: now } : {}),
  });
  return patchJob(turn, job.id, { check: undefined, checked: true });
}
