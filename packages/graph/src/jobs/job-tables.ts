import { type ActiveState, isActiveOrActivating, isActiveOrReloading, isInactiveOrFailed } from "./active-state.ts";
import type { JobType } from "./job.ts";

/** The job types that a transaction holds; the others collapse into these. */
export const transactionJobTypes = ["start", "verify-active", "stop", "reload", "restart"] as const;

type TransactionJobType = (typeof transactionJobTypes)[number];

/** What one job for a unit must do to serve two requests. `reload-or-start` collapses by the unit's state; undefined: they contradict. */
const merging: Readonly<Record<TransactionJobType, Readonly<Record<TransactionJobType, JobType | undefined>>>> = {
  start: {
    start: "start",
    "verify-active": "start",
    stop: undefined,
    reload: "reload-or-start",
    restart: "restart",
  },
  "verify-active": {
    start: "start",
    "verify-active": "verify-active",
    stop: undefined,
    reload: "reload",
    restart: "restart",
  },
  stop: { start: undefined, "verify-active": undefined, stop: "stop", reload: undefined, restart: undefined },
  reload: {
    start: "reload-or-start",
    "verify-active": "reload",
    stop: undefined,
    reload: "reload",
    restart: "restart",
  },
  restart: { start: "restart", "verify-active": "restart", stop: undefined, reload: "restart", restart: "restart" },
};

function inTable(type: JobType): type is TransactionJobType {
  return type in merging;
}

/** The one job type that does what both do; undefined when they contradict (a stop with anything else). */
export function mergeJobTypes(a: JobType, b: JobType): JobType | undefined {
  if (a === b) return a;
  return inTable(a) && inTable(b) ? merging[a][b] : undefined;
}

/** Two jobs for one unit that cannot both be. A nop is no obstacle. */
export function isConflicting(a: JobType, b: JobType): boolean {
  return a !== "nop" && b !== "nop" && mergeJobTypes(a, b) === undefined;
}

/** Whether `a` does all that `b` would. */
export function isSuperset(a: JobType, b: JobType): boolean {
  return mergeJobTypes(a, b) === a;
}

/** Whether a unit in that state has nothing to do for such a job. */
export function isRedundant(type: JobType, state: ActiveState): boolean {
  switch (type) {
    case "start":
    case "verify-active":
      return isActiveOrReloading(state);
    case "stop":
      return isInactiveOrFailed(state);
    case "nop":
      return true;
    // A reload that comes during a reload may be about newer files; a restart during a start may be about a newer dependency.
    case "reload":
    case "restart":
      return false;
    default:
      throw new Error(`${type} must collapse before it is compared with a state`);
  }
}

/** Turns the conditional job types into what they mean in a state: try-restart of a stopped unit is a nop. */
export function collapseJobType(type: JobType, state: ActiveState): JobType {
  switch (type) {
    case "try-restart":
      return isActiveOrActivating(state) ? "restart" : "nop";
    case "try-reload":
      return isActiveOrReloading(state) ? "reload" : "nop";
    case "reload-or-start":
      return isActiveOrReloading(state) ? "reload" : "start";
    default:
      return type;
  }
}
