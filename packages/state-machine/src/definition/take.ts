import { addUnits, buildGraph, type GraphOptions, type GraphUnit, removeUnits } from "@steward/graph";
import type { CoreState, Definitions } from "../model/state.ts";
import type { TimeFacts } from "../model/time-facts.ts";

function forgetAnswers({ related, blockers }: Definitions): void {
  related.clear();
  blockers.clear();
}

/** The service of a connection comes after the socket that took it, and is triggered by it, though no file says so. */
function forConnection(state: CoreState, unit: GraphUnit): GraphUnit {
  const machine = state.units.get(unit.id)?.machine;
  if (machine?.type !== "service" || machine.connection === undefined) return unit;
  const { socket } = machine.connection;
  const tied = ["After", "TriggeredBy"].map((kind) => ({ kind, name: socket }));
  return { ...unit, dependencies: [...unit.dependencies, ...tied] };
}

/** Takes definitions in: some more, or all of them anew. */
export function takeDefinitions(
  state: CoreState,
  load: {
    readonly units: readonly GraphUnit[];
    readonly replaceAll: boolean;
    readonly builtin?: Readonly<Record<string, string>> | undefined;
    readonly time?: TimeFacts | undefined;
    readonly graph?: GraphOptions | undefined;
  },
): void {
  const { definitions } = state;
  const { replaceAll, builtin, time, graph } = load;
  const units = load.units.map((unit) => forConnection(state, unit));
  forgetAnswers(definitions);
  if (builtin !== undefined) definitions.builtin = builtin;
  if (time !== undefined) definitions.time = time;
  if (replaceAll) {
    definitions.loaded.clear();
    definitions.typed.clear();
  }
  for (const unit of units) {
    definitions.loaded.set(unit.id, unit);
    definitions.typed.delete(unit.id);
  }
  if (replaceAll)
    definitions.graph = buildGraph(units, { ...(graph ?? definitions.graph.options), scope: state.scope });
  else addUnits(definitions.graph, units);
}

/** Forgets definitions. */
export function withdrawDefinitions({ definitions }: CoreState, ids: readonly string[]): void {
  if (ids.length === 0) return;
  for (const id of ids) {
    definitions.loaded.delete(id);
    definitions.typed.delete(id);
  }
  removeUnits(definitions.graph, ids);
  forgetAnswers(definitions);
}
