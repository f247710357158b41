/** What a start of the unit would come to: units that are missing, masked or bad, and cycles. */
import { findOrderingCycles, type Graph, planTransaction, type TransactionView } from "@steward/graph";
import type { LoadedUnit } from "@steward/unit-file";
import type { Finding } from "./finding.ts";

/** Nothing runs and nothing is queued. */
const idle: TransactionView = { activeState: () => "inactive", job: () => undefined, jobs: () => [] };

/** The transaction of a start, as systemd would plan it; its log tells of cycles. */
export function startFindings(graph: Graph, unit: LoadedUnit): Finding[] {
  const plan = planTransaction({ graph, view: idle, request: { unit: unit.id, type: "start", mode: "replace" } });
  const log = plan.log
    .filter(({ priority }) => priority <= 4)
    .map(({ message }): Finding => ({ severity: "warning", unit: unit.id, message: withoutUnit(message, unit.id) }));
  if (plan.ok) return log;
  return [
    ...log,
    {
      severity: "error",
      unit: unit.id,
      message: `Failed to create ${unit.id}/start: ${plan.error.message}`,
      fatal: true,
    },
  ];
}

function withoutUnit(message: string, id: string): string {
  return message.startsWith(`${id}: `) ? message.slice(id.length + 2) : message;
}

const requiring = new Set(["Requires", "Requisite", "BindsTo"]);

/** Dependencies on units that are not there. Ordering after such a unit is harmless and often meant: a notice. */
export function danglingFindings(units: ReadonlyMap<string, LoadedUnit>, unit: LoadedUnit): Finding[] {
  const told = new Set<string>();
  return unit.dependencies.flatMap(({ kind, name, origin }): Finding[] => {
    const state = units.get(name)?.loadState;
    if (state !== "not-found" || told.has(`${kind} ${name}`)) return [];
    told.add(`${kind} ${name}`);
    const severity = requiring.has(kind) ? "warning" : "notice";
    const place =
      origin.line > 0 ? { file: origin.file, line: origin.line, column: origin.column } : { file: origin.file };
    return [
      {
        severity,
        own: true,
        unit: unit.id,
        message: `${kind}=${name}: there is no such unit`,
        section: "Unit",
        directive: kind,
        man: "systemd.unit(5)",
        ...place,
      },
    ];
  });
}

/** Ordering cycles through one of the units, that no transaction told of. */
export function cycleFindings(graph: Graph, units: readonly LoadedUnit[]): Finding[] {
  return findOrderingCycles(graph).flatMap((cycle): Finding[] => {
    const unit = units.find(({ id }) => cycle.includes(id));
    if (unit === undefined) return [];
    return [
      {
        severity: "warning",
        own: true,
        unit: unit.id,
        message: `Ordering cycle: ${[...cycle, cycle[0]].join(" after ")}`,
        man: "systemd.unit(5)",
      },
    ];
  });
}
