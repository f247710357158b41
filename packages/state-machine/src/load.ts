import { definitionOf } from "./definition/definitions.ts";
import { takeDefinitions } from "./definition/take.ts";
import type { Event } from "./model/event.ts";
import type { JobRecord } from "./model/state.ts";
import { releaseStore } from "./service/fd-store.ts";
import { releaseConnection } from "./socket/release.ts";
import { jobOf, type Turn } from "./turn.ts";
import { activeStateOf, isInactiveOrFailed } from "./unit/active-state.ts";
import { related } from "./unit/related.ts";
import { tellAll } from "./unit/tell-all.ts";

type Load = Extract<Event, { readonly kind: "load" }>;

/** Takes definitions in: some more, or (daemon-reload, recovery) all of them anew. Records stay as they are. */
export function load(turn: Turn, { units, replaceAll, builtin, time, graph, reloaded }: Load): void {
  const recovering = turn.state.definitions.loaded.size === 0;
  takeDefinitions(turn.state, { units, replaceAll, builtin, time, graph });
  if (replaceAll) forgetUndefined(turn);
  // Ordering may be another now. After a recovery it is not, and whoever waited goes on waiting for whom it waited.
  for (const job of turn.state.jobs.values())
    if (job.state === "waiting" && !(recovering && willBeWoken(turn, job))) turn.runQueue.add(job.id, job.unit);
  if (reloaded) tellAll(turn, "reloaded");
}

/** Some job's end will have this one tried again. */
function willBeWoken(turn: Turn, { unit }: JobRecord): boolean {
  return (["after", "before"] as const).some((atom) =>
    related(turn, unit, atom).some((other) => jobOf(turn, other) !== undefined),
  );
}

/** A record of a unit that no file describes any more stays until the unit is at rest. */
function forgetUndefined(turn: Turn): void {
  for (const [id, unit] of turn.state.units) {
    if (turn.state.definitions.loaded.has(id) || unit.job !== undefined || unit.nopJob !== undefined) continue;
    const state = activeStateOf(unit.machine, definitionOf(turn.state, id)?.service?.type);
    if (!isInactiveOrFailed(state) || unit.populated || unit.strays.length > 0) continue;
    releaseStore(turn, unit);
    if (unit.machine.type === "service") releaseConnection(turn, id);
    turn.state.units.delete(id);
    turn.changedUnits.add(id);
  }
}
