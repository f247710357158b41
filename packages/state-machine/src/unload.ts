import { definitionOf, resolveName } from "./definition/definitions.ts";
import { withdrawDefinitions } from "./definition/take.ts";
import type { Event } from "./model/event.ts";
import type { UnitRecord } from "./model/state.ts";
import { releaseStore } from "./service/fd-store.ts";
import { releaseConnection } from "./socket/release.ts";
import type { Turn } from "./turn.ts";
import { activeStateOf, isInactiveOrFailed } from "./unit/active-state.ts";

type Unload = Extract<Event, { readonly kind: "unload" }>;

/** Nothing of the unit lives or is under way: its record may go without anybody missing it. */
function isAtRest(turn: Turn, record: UnitRecord): boolean {
  if (record.job !== undefined || record.nopJob !== undefined) return false;
  const state = activeStateOf(record.machine, definitionOf(turn.state, record.id)?.service?.type);
  return isInactiveOrFailed(state) && !record.populated && record.strays.length === 0;
}

/** Forgets units that nobody needs any more, with all that is remembered of them. One that is not at rest stays. */
export function unload(turn: Turn, { units }: Unload): void {
  const gone: string[] = [];
  for (const name of units) {
    const id = resolveName(turn.state, name);
    const record = turn.state.units.get(id);
    if (record !== undefined && !isAtRest(turn, record)) continue;
    if (record !== undefined) {
      releaseStore(turn, record);
      if (record.machine.type === "service") releaseConnection(turn, id);
      turn.state.units.delete(id);
      turn.changedUnits.add(id);
    }
    gone.push(id);
  }
  withdrawDefinitions(turn.state, gone);
}
