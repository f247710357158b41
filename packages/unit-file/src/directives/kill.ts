import { boolean, choice } from "../values/scalars.ts";
import { signal } from "../values/signals.ts";
import { set } from "./table.ts";

const words = choice("kill mode specification", ["control-group", "process", "mixed", "none"], "control-group");

/** KillMode=none leaves processes behind that nothing looks after: it is taken, with a warning. */
const killMode: typeof words = {
  ...words,
  assign(previous, a) {
    if (a.value === "none") {
      a.warn(
        "Unit uses KillMode=none. This is unsafe, as it disables systemd's process lifecycle management for the service. Please update the service to use a safer KillMode=, such as 'mixed' or 'control-group'. Support for KillMode=none is deprecated and will eventually be removed.",
      );
    }
    return words.assign(previous, a);
  },
};

/** What sections that end processes share: systemd.kill(5). */
export const killTable = {
  man: "systemd.kill(5)",
  settings: {
    KillMode: set(killMode),
    KillSignal: set(signal(15)),
    /** 0 where it is not set: then it is KillSignal=. */
    RestartKillSignal: set(signal(0), { property: null }),
    SendSIGKILL: set(boolean(true)),
    SendSIGHUP: set(boolean(false)),
    FinalKillSignal: set(signal(9)),
    WatchdogSignal: set(signal(6)),
  },
  others: {},
} as const;
