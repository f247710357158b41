import { isInactiveOrFailed } from "../jobs/active-state.ts";
import type { AddOptions } from "./add-jobs.ts";
import { addJob } from "./add-jobs.ts";
import { ignoresIsolate } from "./capabilities.ts";

/**
 * Mode isolate: stop every unit that is not part of it, but for what a unit that stays may trigger (systemctl(1), isolate).
 * (systemd also keeps a triggered unit when it happens to look at the trigger first; that is no rule.)
 */
export function addIsolateJobs(options: AddOptions): void {
  const { graph, draft } = options;
  const wanted = new Set(draft.jobs.keys());
  const stays = (unit: string, seen: readonly string[]): boolean =>
    ignoresIsolate(graph, unit) ||
    wanted.has(unit) ||
    graph.byAtom(unit, "triggered-by").some((trigger) => !seen.includes(trigger) && stays(trigger, [...seen, trigger]));
  for (const unit of graph.ids())
    if (!isIdle(options, unit) && !draft.jobs.has(unit) && !stays(unit, [unit]))
      stop(options, unit, "Cannot add isolate job");
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
