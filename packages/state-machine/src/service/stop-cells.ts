import type { ServiceResult } from "../model/service.ts";
import { unitOf } from "../turn.ts";
import { forgetControl, nextCommand } from "./command-list.ts";
import { data, patch, type Service, settings } from "./data.ts";
import { enterDead, isPopulated } from "./dead.ts";
import { enterSignal, enterStopPost } from "./ending.ts";
import type { At, Cell, ServiceEvent } from "./event.ts";
import { enterRunning } from "./running.ts";

type Done = Extract<ServiceEvent, { readonly kind: "mainExited" | "controlExited" }>;

export const stopControlDone: Cell<"stop", "controlExited"> = (at, { result }) => {
  if (nextCommand(at, result)) return;
  forgetControl(at);
  enterSignal(at, "stop-sigterm", result);
};

type Stopping = At<"stop-watchdog"> | At<"stop-sigterm"> | At<"stop-sigkill">;
type Finishing = At<"stop-post"> | At<"final-watchdog"> | At<"final-sigterm"> | At<"final-sigkill">;

export const stoppedMainDone = (at: Stopping, { result }: Done): void => {
  if (at.state.control === undefined) enterStopPost(at, result);
};

export const stoppedControlDone = (at: Stopping, { result }: Done): void => {
  forgetControl(at);
  if (data(at).main === undefined) enterStopPost(at, result);
};

export const stoppedGroupEmpty = (at: Stopping): void => {
  if (data(at).main === undefined && at.state.control === undefined) enterStopPost(at, "success");
};

export const stopPostMainDone = (at: At<"stop-post">, { result }: Done): void => {
  if (at.state.control === undefined) enterSignal(at, "final-sigterm", result);
};

export const stopPostControlDone = (at: At<"stop-post">, { result }: Done): void => {
  if (nextCommand(at, result)) return;
  forgetControl(at);
  if (data(at).main === undefined) enterSignal(at, "final-sigterm", result);
};

/** The last process that we know of is gone. Where the whole group was signalled, the others are waited for, so that none outlives the unit. */
function finalProcessDone(at: Finishing, result: ServiceResult): void {
  const { killMode } = settings(at);
  if (isPopulated(at) && (killMode === "control-group" || killMode === "mixed")) return;
  enterDead(at, result, true);
}

export const finalMainDone = (at: Finishing, { result }: Done): void => {
  if (at.state.control === undefined) finalProcessDone(at, result);
};

export const finalControlDone = (at: Finishing, { result }: Done): void => {
  forgetControl(at);
  if (data(at).main === undefined) finalProcessDone(at, result);
};

export const finalGroupEmpty = (at: Finishing): void => {
  if (data(at).main === undefined && at.state.control === undefined) enterDead(at, "success", true);
};

/** OOMPolicy=. */
export const oomKilled = (at: Service): void => {
  const { oomPolicy } = settings(at);
  patch(at, { oomKilled: true });
  if (oomPolicy === "stop") enterSignal(at, "stop-sigterm", "oom-kill");
  else if (oomPolicy === "kill") enterSignal(at, "stop-sigkill", "oom-kill");
};

/** Type=dbus: without its name the service is not there (Restart= may act). */
export const busNameLost = (at: Service): void => {
  if (settings(at).type === "dbus" && unitOf(at.turn, at.unit).populated) enterRunning(at, "success");
};
