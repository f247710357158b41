import type { Outcome } from "../engine.ts";
import { data, type Service } from "./data.ts";
import type { At, ServiceEvent } from "./event.ts";
import { table } from "./table.ts";

/** Looks up the cell of the state that the service is in now and performs it. */
export function dispatch(s: Service, event: ServiceEvent): Outcome | undefined {
  const { state } = data(s);
  // The table's type ties each cell to its state and event; the lookup by value cannot carry that tie along.
  const cell = table[state.kind][event.kind] as unknown as (at: At<typeof state.kind>, event: ServiceEvent) => unknown;
  return cell({ ...s, state } as At<typeof state.kind>, event) as Outcome | undefined;
}
