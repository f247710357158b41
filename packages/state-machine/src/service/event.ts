import type { Outcome } from "../engine.ts";
import type { ServiceResult, ServiceState, ServiceStateKind } from "../model/service.ts";
import type { Service } from "./data.ts";

/** What a service's state may have to answer, after the bookkeeping that is the same in every state. */
export type ServiceEvent =
  /** Jobs. */
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  | { readonly kind: "reload" }
  | { readonly kind: "resetFailed" }
  /** The main process exists; execve() worked in it. */
  | { readonly kind: "mainSpawned" }
  | { readonly kind: "mainExecuted" }
  | { readonly kind: "mainExited"; readonly result: ServiceResult }
  | { readonly kind: "controlExited"; readonly result: ServiceResult }
  | { readonly kind: "groupEmpty" }
  /** What was found when a main process was looked for. */
  | { readonly kind: "mainFound" }
  | { readonly kind: "mainMissing"; readonly problem: string }
  /** sd_notify(3). */
  | { readonly kind: "ready" }
  | { readonly kind: "reloading"; readonly monotonicUsec: number | undefined }
  | { readonly kind: "stopping" }
  | { readonly kind: "busNameOwned" }
  | { readonly kind: "busNameLost" }
  | { readonly kind: "idle" }
  /** Timers. */
  | { readonly kind: "timeout" }
  | { readonly kind: "watchdog" }
  | { readonly kind: "restartElapsed" }
  | { readonly kind: "runtimeMax" }
  | { readonly kind: "oomKill" };

export type ServiceEventKind = ServiceEvent["kind"];

/** A service in a known state. */
export interface At<S extends ServiceStateKind> extends Service {
  readonly state: Extract<ServiceState, { readonly kind: S }>;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a cell that answers nothing is a plain function
type Answer<E extends ServiceEventKind> = E extends "start" | "stop" | "reload" ? Outcome : void;

/** What one state does about one event. */
export type Cell<S extends ServiceStateKind, E extends ServiceEventKind> = (
  at: At<S>,
  event: Extract<ServiceEvent, { readonly kind: E }>,
) => Answer<E>;

/** A cell that does not look at the state's own data: it serves in any row. */
export type CommonCell<E extends ServiceEventKind> = (
  at: Service,
  event: Extract<ServiceEvent, { readonly kind: E }>,
) => Answer<E>;

/** Some cells of a row, for rows that have much in common. */
export type CommonRow = { readonly [E in ServiceEventKind]?: CommonCell<E> };

/** Every state answers every event: a cell that is missing does not compile. */
export type Table = { readonly [S in ServiceStateKind]: { readonly [E in ServiceEventKind]: Cell<S, E> } };
