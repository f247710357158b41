import { execCommands } from "../values/exec-command.ts";
import { exitStatusSet } from "../values/exit-status.ts";
import { words } from "../values/lists.ts";
import { path, pidFile } from "../values/paths.ts";
import { boolean, checkedText, choice, scalar, timeout, timespan, unsigned } from "../values/scalars.ts";
import { signal } from "../values/signals.ts";
import { socketNames } from "../values/unit-references.ts";
import { isBusName, openFiles, timeoutAbort } from "./service-kinds.ts";
import { into, legacy, set } from "./table.ts";

const failureModes = ["terminate", "abort", "kill"] as const;

/** [Service]: systemd.service(5), without what it shares with other sections. */
export const serviceTable = {
  man: "systemd.service(5)",
  settings: {
    /** Empty where nothing is set: loading then chooses simple, dbus or oneshot. */
    Type: set(
      choice(
        "service type",
        ["", "simple", "forking", "oneshot", "dbus", "notify", "idle", "exec", "notify-reload"],
        "",
      ),
    ),
    ExitType: set(choice("service exit type", ["main", "cgroup"], "main")),
    Restart: set(
      choice(
        "service restart specifier",
        ["no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"],
        "no",
      ),
    ),
    RestartMode: set(choice("RestartMode=", ["normal", "direct", "debug"], "normal"), { since: 254 }),
    PIDFile: set(pidFile),
    NotifyAccess: set(choice("notify access specifier", ["none", "main", "exec", "all"], "none")),
    RestartSec: set(timespan(100_000), { initial: (f) => f.defaults.restartUsec }),
    RestartSteps: set(unsigned(0), { since: 254 }),
    RestartMaxDelaySec: set(timespan(Number.POSITIVE_INFINITY), { since: 254 }),
    TimeoutStartSec: set(timeout(90_000_000), { initial: (f) => f.defaults.timeoutStartUsec }),
    TimeoutStopSec: set(timeout(90_000_000), { initial: (f) => f.defaults.timeoutStopUsec }),
    /** Undefined: as TimeoutStopSec=. */
    TimeoutAbortSec: set(timeoutAbort, { initial: (f) => f.defaults.timeoutAbortUsec, property: null }),
    TimeoutStartFailureMode: set(choice("timeout failure mode", failureModes, "terminate")),
    TimeoutStopFailureMode: set(choice("timeout failure mode", failureModes, "terminate")),
    RuntimeMaxSec: set(timespan(Number.POSITIVE_INFINITY)),
    RuntimeRandomizedExtraSec: set(timespan(0)),
    /** 0: no watchdog. */
    WatchdogSec: set(timespan(0), { property: null }),
    PermissionsStartOnly: set(boolean(false), { property: null }),
    RootDirectoryStartOnly: set(boolean(false)),
    RemainAfterExit: set(boolean(false)),
    GuessMainPID: set(boolean(true)),
    RestartPreventExitStatus: set(exitStatusSet),
    RestartForceExitStatus: set(exitStatusSet),
    SuccessExitStatus: set(exitStatusSet),
    NonBlocking: set(boolean(false)),
    BusName: set(checkedText("bus name", isBusName, (t) => `Invalid bus name, ignoring: ${t}`)),
    FileDescriptorStoreMax: set(unsigned(0)),
    FileDescriptorStorePreserve: set(
      scalar(
        "boolean or restart",
        "s",
        "restart",
        (t, a) => {
          if (/^(yes|1|y|true|t|on)$/i.test(t)) return "yes";
          if (/^(no|0|n|false|f|off)$/i.test(t)) return "no";
          if (t === "restart") return t;
          a.warn(`Failed to parse file descriptor store preserve mode, ignoring: ${t}`);
          return undefined;
        },
        (v) => v,
        ["yes", "no", "restart"],
      ),
      { since: 254 },
    ),
    Sockets: set(socketNames, { property: null }),
    USBFunctionDescriptors: set(path()),
    USBFunctionStrings: set(path()),
    /** Empty where nothing is set: the manager's default, or continue where Delegate= is on. */
    OOMPolicy: set(choice("OOM policy", ["", "continue", "stop", "kill"], "")),
    OpenFile: set(openFiles, { since: 253 }),
    ReloadSignal: set(signal(1), { since: 253 }),
    RefreshOnReload: set(words("list of resources"), { since: 260 }),
    ExecCondition: set(execCommands),
    ExecStartPre: set(execCommands),
    ExecStart: set(execCommands),
    ExecStartPost: set(execCommands),
    ExecReload: set(execCommands),
    ExecReloadPost: set(execCommands, { since: 258 }),
    ExecStop: set(execCommands),
    ExecStopPost: set(execCommands),
  },
  others: {
    TimeoutSec: into(["TimeoutStartSec", "TimeoutStopSec"]),
    StartLimitInterval: legacy("Unit.StartLimitIntervalSec"),
    StartLimitBurst: legacy("Unit.StartLimitBurst"),
    StartLimitAction: legacy("Unit.StartLimitAction"),
    FailureAction: legacy("Unit.FailureAction"),
    RebootArgument: legacy("Unit.RebootArgument"),
  },
} as const;
