import { boolean, choice } from "../values/scalars.ts";
import { signal } from "../values/signals.ts";
import { set } from "./table.ts";

/** What sections that end processes share: systemd.kill(5). */
export const killTable = {
  man: "systemd.kill(5)",
  settings: {
    KillMode: set(choice("kill mode specification", ["control-group", "process", "mixed", "none"], "control-group")),
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
