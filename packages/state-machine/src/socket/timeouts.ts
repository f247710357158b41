import { logUnit, priority } from "../log/log.ts";
import { type SocketUnit, settings } from "./data.ts";
import { enterDead, enterSignal, enterStopPost, enterStopPre } from "./ending.ts";

function warn(s: SocketUnit, text: string): void {
  logUnit(s.turn, priority.warning, s.unit, text);
}

/** TimeoutSec= is over: what each state does, in systemd's words. */
export const timedOut = {
  startPre: (s: SocketUnit): void => {
    warn(s, "Starting timed out. Terminating.");
    enterSignal(s, "final-sigterm", "timeout");
  },
  start: (s: SocketUnit): void => {
    warn(s, "Starting timed out. Stopping.");
    enterStopPre(s, "timeout");
  },
  stopPre: (s: SocketUnit): void => {
    warn(s, "Stopping timed out. Terminating.");
    enterSignal(s, "stop-pre-sigterm", "timeout");
  },
  stopPreSigterm: (s: SocketUnit): void => {
    if (settings(s).sendSigkill) {
      warn(s, "Stopping timed out. Killing.");
      enterSignal(s, "stop-pre-sigkill", "timeout");
    } else {
      warn(s, "Stopping timed out. Skipping SIGKILL. Ignoring.");
      enterStopPost(s, "timeout");
    }
  },
  stopPreSigkill: (s: SocketUnit): void => {
    warn(s, "Processes still around after SIGKILL. Ignoring.");
    enterStopPost(s, "timeout");
  },
  stopPost: (s: SocketUnit): void => {
    warn(s, "Stopping timed out (2). Terminating.");
    enterSignal(s, "final-sigterm", "timeout");
  },
  finalSigterm: (s: SocketUnit): void => {
    if (settings(s).sendSigkill) {
      warn(s, "Stopping timed out (2). Killing.");
      enterSignal(s, "final-sigkill", "timeout");
    } else {
      warn(s, "Stopping timed out (2). Skipping SIGKILL. Ignoring.");
      enterDead(s, "timeout");
    }
  },
  finalSigkill: (s: SocketUnit): void => {
    warn(s, "Still around after SIGKILL (2). Entering failed mode.");
    enterDead(s, "timeout");
  },
};
