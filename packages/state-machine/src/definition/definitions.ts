import { buildGraph } from "@steward/graph";

import type { CoreState, Definitions } from "../model/state.ts";
import { noTimeFacts } from "../model/time-facts.ts";
import { defineUnit } from "./define.ts";
import type { UnitDefinition } from "./definition.ts";

export function noDefinitions(scope: "system" | "user"): Definitions {
  return {
    loaded: new Map(),
    typed: new Map(),
    graph: buildGraph([], { scope }),
    related: new Map(),
    blockers: new Map(),
    builtin: {},
    time: noTimeFacts,
  };
}

/** What the core knows of a unit's settings; typed when first asked for. */
export function definitionOf(state: CoreState, id: string): UnitDefinition | undefined {
  const { typed, loaded } = state.definitions;
  const known = typed.get(id);
  if (known !== undefined) return known;
  const unit = loaded.get(id);
  if (unit === undefined) return undefined;
  const definition = forConnection(state, defineUnit(unit));
  typed.set(id, definition);
  return definition;
}

/** The description of a connection's service says whom it serves. */
function forConnection(state: CoreState, definition: UnitDefinition): UnitDefinition {
  const machine = state.units.get(definition.id)?.machine;
  const shown = machine?.type === "service" ? (machine.connection?.peer.shown ?? "") : "";
  return shown === "" ? definition : { ...definition, description: `${definition.description} (${shown})` };
}

/** The id behind a name or alias. */
export function resolveName(state: CoreState, name: string): string {
  return state.definitions.graph.resolve(name) ?? name;
}
