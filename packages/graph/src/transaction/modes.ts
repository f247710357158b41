import { isInactiveOrFailed } from "../jobs/active-state.ts";
import type { AddOptions } from "./add-jobs.ts";
import { addJob } from "./add-jobs.ts";
import { ignoresIsolate } from "./capabilities.ts";

/** Mode isolate: stop every unit that is not part of it (systemctl(1), isolate). */
export function addIsolateJobs(options: AddOptions): void {
  const { graph, view, draft } = options;
  for (const unit of graph.ids()) {
    if (ignoresIsolate(graph, unit) || isIdle(options, unit) || draft.jobs.has(unit)) continue;
    // What a unit that stays triggers stays too.
    if (
      graph.byAtom(unit, "triggered-by").some((trigger) => draft.jobs.has(trigger) && view.job(trigger) === undefined)
    )
      continue;
    stop(options, unit, "Cannot add isolate job");
  }
}

/** Mode triggering: a stop also stops what would start the unit again. */
export function addTriggeringJobs(options: AddOptions, unit: string): void {
  for (const trigger of options.graph.byAtom(unit, "triggered-by")) {
    if (isIdle(options, trigger) || options.draft.jobs.has(trigger)) continue;
    stop(options, trigger, "Cannot add triggered by job");
  }
}

function isIdle({ view }: AddOptions, unit: string): boolean {
  return isInactiveOrFailed(view.activeState(unit)) && view.job(unit) === undefined;
}

function stop(options: AddOptions, unit: string, complaint: string): void {
  const error = addJob(options, unit, "stop", options.draft.anchor);
  if (error) options.draft.say(4, unit, `${complaint}, ignoring: ${error.message}`);
}
