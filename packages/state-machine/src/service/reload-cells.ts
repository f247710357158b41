import { logUnit, priority } from "../log/log.ts";
import type { ServiceResult } from "../model/service.ts";
import { forgetControl, nextCommand } from "./command-list.ts";
import { patch, type Service, settings } from "./data.ts";
import type { At, Cell, ServiceEvent } from "./event.ts";
import { searchMainPid } from "./pid-file.ts";
import { endReload } from "./reload.ts";
import { enterRunning } from "./running.ts";
import { setState } from "./set-state.ts";

type Done = Extract<ServiceEvent, { readonly kind: "mainExited" | "controlExited" }>;
type Reloading = At<"reload"> | At<"reload-signal"> | At<"reload-notify">;

export const reloadDone = {
  /** ExecReload= is through; the service's own READY=1 may come before or after. */
  control: ((at, { result }) => {
    if (nextCommand(at, result)) return;
    forgetControl(at);
    if (result === "success" && settings(at).type === "forking" && searchMainPid(at) === "searching") {
      patch(at, { reloadResult: result, state: { kind: "reload", search: true } });
      return;
    }
    endReload(at, result);
  }) satisfies Cell<"reload", "controlExited">,
  ready: ((at) => {
    if (at.state.control === undefined && at.state.search !== true) enterRunning(at, "success");
  }) satisfies Cell<"reload", "ready">,
  /** Wait for what reloads it; then enterRunning sees that the main process is gone. */
  mainGone: ((at, { result }) => {
    if (at.state.control === undefined) enterRunning(at, result);
  }) satisfies Cell<"reload", "mainExited">,
  mainGoneNow: (at: Reloading, { result }: Done): void => enterRunning(at, result),
  /** RELOADING=1 counts when it was sent after our signal (MONOTONIC_USEC= of sd_notify(3)). */
  acknowledged: ((at, { monotonicUsec }) => {
    if (monotonicUsec === undefined || monotonicUsec >= at.state.sinceUsec) setState(at, { kind: "reload-notify" });
  }) satisfies Cell<"reload-signal", "reloading">,
  notified: ((at) => endReload(at, "success")) satisfies Cell<"reload-notify", "ready">,
  timedOut: (at: Service): void =>
    logUnit(at.turn, priority.warning, at.unit, "Reload operation timed out. Killing reload process."),
  ended: (at: Service, result: ServiceResult): void => endReload(at, result),
};

export const reloadMainFound = (at: At<"reload">): void => {
  if (at.state.search) enterRunning(at, "success");
};
