import { unitTypeOf } from "@steward/unit-file";
import { flag, list, word } from "../dependencies/settings.ts";
import { isPerpetual } from "../dependencies/unit-types.ts";
import type { Graph } from "../graph.ts";
import type { JobType } from "../jobs/job.ts";
import { refusal } from "./errors.ts";
import type { TransactionError, TransactionView } from "./types.ts";

const ignoredOnIsolate = new Set(["slice", "scope", "device", "swap", "mount", "automount"]);

/** CanReload: a service that has ExecReload= (or reloads by signal), a mount, or any other unit that passes reloads on. */
export function canReload(graph: Graph, view: TransactionView, name: string): boolean {
  const known = view.canReload?.(name);
  if (known !== undefined) return known;
  const unit = graph.unit(name);
  if (!unit) return false;
  switch (unitTypeOf(unit.id)) {
    case "service":
      return list(unit, "Service", "ExecReload").length > 0 || word(unit, "Service", "Type") === "notify-reload";
    case "mount":
      return view.activeState(name) === "active";
    default:
      return graph.byAtom(name, "propagates-reload-to").length > 0;
  }
}

/** CanStart: devices come by themselves. */
function canStart(name: string): boolean {
  return unitTypeOf(name) !== "device";
}

/** CanStop: devices go by themselves, and some units never do. */
function canStop(name: string): boolean {
  return unitTypeOf(name) !== "device" && !isPerpetual(name);
}

/** Why a job of that type means nothing for the unit; undefined when it does. A start always does: a device may come. */
export function refuseJobType(
  graph: Graph,
  view: TransactionView,
  name: string,
  type: JobType,
): TransactionError | undefined {
  return applies(graph, view, name, type)
    ? undefined
    : refusal("JobTypeNotApplicable", `Job type ${type} is not applicable for unit ${name}.`);
}

function applies(graph: Graph, view: TransactionView, name: string, type: JobType): boolean {
  switch (type) {
    case "verify-active":
    case "start":
    case "nop":
      return true;
    case "stop":
      return !isPerpetual(name);
    case "restart":
    case "try-restart":
      return canStop(name) && canStart(name);
    case "reload":
    case "try-reload":
      return canReload(graph, view, name);
    case "reload-or-start":
      return canReload(graph, view, name) && canStart(name);
  }
}

/** IgnoreOnIsolate= (systemd.unit(5)): some types are ignored by default. */
export function ignoresIsolate(graph: Graph, name: string): boolean {
  if (unitFlag(graph, name, "IgnoreOnIsolate")) return true;
  const isSet = (graph.unit(name)?.origins?.("Unit", "IgnoreOnIsolate").length ?? 0) > 0;
  return !isSet && ignoredOnIsolate.has(unitTypeOf(name) ?? "");
}

/** A yes or no of [Unit], false by default. */
export function unitFlag(graph: Graph, name: string, directive: string): boolean {
  const unit = graph.unit(name);
  return unit ? flag(unit, "Unit", directive, false) : false;
}
