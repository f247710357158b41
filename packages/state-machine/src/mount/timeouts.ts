import { logUnit, priority } from "../log/log.ts";
import { type MountUnit, patch, settings } from "./data.ts";
import { enterDeadOrMounted, enterSignal } from "./steps.ts";

function warn(m: MountUnit, text: string): void {
  logUnit(m.turn, priority.warning, m.unit, text);
}

/** TimeoutSec= is over: what each state does, in systemd's words. */
export const timedOut = {
  mounting: (m: MountUnit): void => {
    warn(m, "Mounting timed out. Terminating.");
    enterSignal(m, "unmounting-sigterm", "timeout");
  },
  remounting: (m: MountUnit): void => {
    warn(m, "Remounting timed out. Terminating remount process.");
    patch(m, { reloadResult: "timeout" });
    enterSignal(m, "remounting-sigterm", "success");
  },
  remountingSigterm: (m: MountUnit): void => {
    patch(m, { reloadResult: "timeout" });
    if (settings(m).sendSigkill) {
      warn(m, "Remounting timed out. Killing.");
      enterSignal(m, "remounting-sigkill", "success");
    } else {
      warn(m, "Remounting timed out. Skipping SIGKILL. Ignoring.");
      enterDeadOrMounted(m, "success");
    }
  },
  remountingSigkill: (m: MountUnit): void => {
    patch(m, { reloadResult: "timeout" });
    warn(m, "Mount process still around after SIGKILL. Ignoring.");
    enterDeadOrMounted(m, "success");
  },
  unmounting: (m: MountUnit): void => {
    warn(m, "Unmounting timed out. Terminating.");
    enterSignal(m, "unmounting-sigterm", "timeout");
  },
  unmountingSigterm: (m: MountUnit): void => {
    if (settings(m).sendSigkill) {
      warn(m, "Mount process timed out. Killing.");
      enterSignal(m, "unmounting-sigkill", "timeout");
    } else {
      warn(m, "Mount process timed out. Skipping SIGKILL. Ignoring.");
      enterDeadOrMounted(m, "timeout");
    }
  },
  unmountingSigkill: (m: MountUnit): void => {
    warn(m, "Mount process still around after SIGKILL. Ignoring.");
    enterDeadOrMounted(m, "timeout");
  },
};
