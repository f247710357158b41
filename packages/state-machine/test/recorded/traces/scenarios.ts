import type { Behaviour } from "./behaviour.ts";

/** One service, what its commands do, and what is asked of it: "start", "stop", … or a pause in milliseconds. */
export interface Scenario {
  readonly name: string;
  readonly lines: readonly string[];
  readonly unit?: readonly string[];
  readonly main?: Behaviour;
  readonly others?: Readonly<Record<string, Behaviour>>;
  readonly do: readonly (string | number)[];
}

const ok: Behaviour = { exit: 0 };
const lives: Behaviour = {};
const ways: Readonly<Record<string, Behaviour>> = {
  "exit 0": { endMs: 200, exit: 0 },
  "exit 1": { endMs: 200, exit: 1 },
  "signal KILL": { endMs: 200, signal: "KILL" },
  "signal TERM": { endMs: 200, signal: "TERM" },
  "signal SEGV": { endMs: 200, signal: "SEGV" },
};
const readyThen = (b: Behaviour): Behaviour => ({
  readyMs: 100,
  ...b,
  ...(b.endMs === undefined ? {} : { endMs: b.endMs + 300 }),
});

function* all(): Generator<Scenario> {
  const policies = ["no", "always", "on-success", "on-failure", "on-abnormal", "on-abort", "on-watchdog"];
  for (const policy of policies)
    for (const [how, main] of Object.entries(ways))
      yield {
        name: `Restart=${policy} ${how}`,
        lines: [`Restart=${policy}`, "RestartSec=600ms"],
        main,
        do: ["start", 500],
      };
  for (const [how, main] of Object.entries(ways)) {
    yield { name: `exec ${how}`, lines: ["Type=exec"], main, do: ["start", 500] };
    yield { name: `oneshot ${how}`, lines: ["Type=oneshot"], main, do: ["start", 500] };
    yield {
      name: `oneshot remains ${how}`,
      lines: ["Type=oneshot", "RemainAfterExit=yes"],
      main,
      do: ["start", 500, "stop", 200],
    };
    yield { name: `simple remains ${how}`, lines: ["RemainAfterExit=yes"], main, do: ["start", 500, "stop", 200] };
    yield {
      name: `notify, ready, ${how}`,
      lines: ["Type=notify", "NotifyAccess=all"],
      main: readyThen(main),
      do: ["start", 800],
    };
    yield { name: `notify, never ready, ${how}`, lines: ["Type=notify"], main, do: ["start", 500] };
    yield {
      name: `with stop commands, ${how}`,
      lines: [],
      main,
      others: { ExecStop: ok, ExecStopPost: ok },
      do: ["start", 600],
    };
    yield {
      name: `failing stop-post, ${how}`,
      lines: [],
      main,
      others: { ExecStopPost: { exit: 4 } },
      do: ["start", 600],
    };
    yield {
      name: `forking with PID file, ${how}`,
      lines: ["Type=forking", "PIDFile=/run/PIDFILE"],
      main: { exit: 0, endMs: 50, daemon: { pidFile: "/run/PIDFILE", behaviour: { ...main, endMs: 500 } } },
      do: ["start", 900],
    };
    yield {
      name: `forking guessed, ${how}`,
      lines: ["Type=forking"],
      main: { exit: 0, endMs: 50, daemon: { behaviour: { ...main, endMs: 500 } } },
      do: ["start", 900],
    };
    yield {
      name: `ExecStartPre, ${how}`,
      lines: [],
      main: lives,
      others: { ExecStartPre: main, ExecStopPost: ok },
      do: ["start", 700],
    };
    yield {
      name: `ExecStartPost, ${how}`,
      lines: [],
      main: lives,
      others: { ExecStartPost: main, ExecStop: ok, ExecStopPost: ok },
      do: ["start", 700],
    };
    yield {
      name: `ExecCondition, ${how}`,
      lines: [],
      main: lives,
      others: { ExecCondition: main, ExecStopPost: ok },
      do: ["start", 700],
    };
    yield {
      name: `ExecReload, ${how}`,
      lines: [],
      main: lives,
      others: { ExecReload: main },
      do: ["start", 200, "reload", 500],
    };
    yield {
      name: `ExecStop, ${how}`,
      lines: [],
      main: lives,
      others: { ExecStop: main, ExecStopPost: ok },
      do: ["start", 200, "stop", 500],
    };
  }
  yield {
    name: "ExecCondition 255",
    lines: [],
    main: lives,
    others: { ExecCondition: { exit: 255 } },
    do: ["start", 300],
  };
  yield { name: "not found, simple", lines: [], main: { notFound: true }, do: ["start", 300] };
  yield { name: "not found, exec", lines: ["Type=exec"], main: { notFound: true }, do: ["start", 300] };
  yield { name: "SuccessExitStatus=1", lines: ["SuccessExitStatus=1"], main: ways["exit 1"]!, do: ["start", 500] };
  yield {
    name: "SuccessExitStatus=SIGKILL",
    lines: ["SuccessExitStatus=SIGKILL"],
    main: ways["signal KILL"]!,
    do: ["start", 500],
  };
  yield {
    name: "RestartPreventExitStatus=1",
    lines: ["Restart=always", "RestartPreventExitStatus=1"],
    main: ways["exit 1"]!,
    do: ["start", 500],
  };
  yield {
    name: "RestartForceExitStatus=1",
    lines: ["RestartForceExitStatus=1", "RestartSec=600ms"],
    main: ways["exit 1"]!,
    do: ["start", 500],
  };
  for (const mode of ["control-group", "mixed", "process", "none"]) {
    yield {
      name: `KillMode=${mode} alone`,
      lines: [`KillMode=${mode}`, "TimeoutStopSec=1"],
      main: lives,
      do: ["start", 200, "stop", 300],
    };
    yield {
      name: `KillMode=${mode} with a child`,
      lines: [`KillMode=${mode}`, "TimeoutStopSec=1"],
      main: { leaves: "child" },
      do: ["start", 200, "stop", 300],
    };
    yield {
      name: `KillMode=${mode} with a stubborn child`,
      lines: [`KillMode=${mode}`, "TimeoutStopSec=1"],
      main: { leaves: "stubborn child" },
      do: ["start", 200, "stop", 300],
    };
    yield {
      name: `KillMode=${mode} stubborn`,
      lines: [`KillMode=${mode}`, "TimeoutStopSec=1"],
      main: { ignoresTerm: true },
      do: ["start", 200, "stop", 300],
    };
    yield {
      name: `KillMode=${mode} main dies before its child`,
      lines: [`KillMode=${mode}`, "TimeoutStopSec=1"],
      main: { endMs: 300, exit: 0, leaves: "child" },
      do: ["start", 800],
    };
  }
  yield {
    name: "SendSIGKILL=no",
    lines: ["SendSIGKILL=no", "TimeoutStopSec=1"],
    main: { ignoresTerm: true },
    do: ["start", 200, "stop", 300],
  };
  for (const mode of ["terminate", "abort", "kill"]) {
    yield {
      name: `TimeoutStartFailureMode=${mode}`,
      lines: ["Type=notify", "TimeoutStartSec=1", "TimeoutStopSec=1", `TimeoutStartFailureMode=${mode}`],
      main: lives,
      do: ["start", 500],
    };
    yield {
      name: `TimeoutStopFailureMode=${mode} in ExecStop`,
      lines: ["TimeoutStopSec=1", `TimeoutStopFailureMode=${mode}`],
      main: lives,
      others: { ExecStop: lives },
      do: ["start", 200, "stop", 500],
    };
    yield {
      name: `TimeoutStopFailureMode=${mode} in ExecStopPost`,
      lines: ["TimeoutStopSec=1", `TimeoutStopFailureMode=${mode}`],
      main: lives,
      others: { ExecStopPost: lives },
      do: ["start", 200, "stop", 500],
    };
    yield {
      name: `TimeoutStopFailureMode=${mode} stubborn`,
      lines: ["TimeoutStopSec=1", `TimeoutStopFailureMode=${mode}`],
      main: { ignoresTerm: true },
      do: ["start", 200, "stop", 500],
    };
  }
  yield {
    name: "RuntimeMaxSec",
    lines: ["RuntimeMaxSec=1"],
    main: lives,
    others: { ExecStop: ok },
    do: ["start", 1800],
  };
  yield { name: "WatchdogSec", lines: ["WatchdogSec=1"], main: lives, do: ["start", 1800] };
  yield {
    name: "WatchdogSec and Restart=on-watchdog",
    lines: ["WatchdogSec=1", "Restart=on-watchdog", "RestartSec=300"],
    main: lives,
    do: ["start", 1800],
  };
  yield { name: "reload without a command", lines: [], main: lives, do: ["start", 200, "reload", 200] };
  yield {
    name: "reload takes too long",
    lines: ["TimeoutStartSec=1"],
    main: lives,
    others: { ExecReload: lives },
    do: ["start", 200, "reload", 500],
  };
  yield { name: "reload of what is down", lines: [], main: lives, others: { ExecReload: ok }, do: ["reload", 200] };
  yield { name: "stop of what is down", lines: [], main: lives, do: ["stop", 200] };
  yield { name: "start twice", lines: [], main: lives, do: ["start", 200, "start", 200] };
  yield {
    name: "restart what runs",
    lines: [],
    main: lives,
    others: { ExecStop: ok },
    do: ["start", 200, "restart", 300],
  };
  yield { name: "restart what is down", lines: [], main: lives, do: ["restart", 300] };
  yield { name: "try-restart what is down", lines: [], main: lives, do: ["try-restart", 300] };
  yield { name: "try-restart what runs", lines: [], main: lives, do: ["start", 200, "try-restart", 300] };
  yield { name: "reload-or-restart what runs", lines: [], main: lives, do: ["start", 200, "reload-or-restart", 300] };
  yield { name: "restart what failed", lines: [], main: ways["exit 1"]!, do: ["start", 500, "restart", 500] };
  yield {
    name: "stop while it waits to be restarted",
    lines: ["Restart=always", "RestartSec=300"],
    main: ways["exit 1"]!,
    do: ["start", 500, "stop", 200],
  };
  yield {
    name: "restart while it waits to be restarted",
    lines: ["Restart=always", "RestartSec=300"],
    main: ways["exit 1"]!,
    do: ["start", 500, "restart", 400],
  };
  yield {
    name: "stop while ExecStartPre runs",
    lines: [],
    main: lives,
    others: { ExecStartPre: lives, ExecStopPost: ok },
    do: ["start --no-block", 300, "stop", 300],
  };
  yield {
    name: "stop while ExecStartPost runs",
    lines: [],
    main: lives,
    others: { ExecStartPost: lives, ExecStop: ok, ExecStopPost: ok },
    do: ["start --no-block", 300, "stop", 300],
  };
  yield {
    name: "stop while it is not ready",
    lines: ["Type=notify"],
    main: lives,
    others: { ExecStop: ok },
    do: ["start --no-block", 300, "stop", 300],
  };
  yield {
    name: "stop while it reloads",
    lines: [],
    main: lives,
    others: { ExecReload: lives, ExecStop: ok },
    do: ["start", 200, "reload --no-block", 300, "stop", 300],
  };
  yield {
    name: "restart while ExecStop runs",
    lines: [],
    main: lives,
    others: { ExecStop: { endMs: 500, exit: 0 } },
    do: ["start", 200, "stop --no-block", 200, "restart", 300],
  };
  yield {
    name: "start while ExecStop runs",
    lines: [],
    main: lives,
    others: { ExecStop: { endMs: 500, exit: 0 } },
    do: ["start", 200, "stop --no-block", 200, "start", 300],
  };
  yield {
    name: "three failures and the limit",
    lines: ["Restart=on-failure", "RestartSec=50ms"],
    unit: ["StartLimitBurst=3", "StartLimitIntervalSec=60"],
    main: { exit: 1 },
    do: ["start", 1500],
  };
  yield {
    name: "three ends and the limit",
    lines: ["Restart=always", "RestartSec=50ms"],
    unit: ["StartLimitBurst=3", "StartLimitIntervalSec=60"],
    main: { exit: 0 },
    do: ["start", 1500],
  };
  yield {
    name: "reset-failed after the limit",
    lines: ["Restart=always", "RestartSec=50ms"],
    unit: ["StartLimitBurst=2", "StartLimitIntervalSec=60"],
    main: { exit: 0 },
    do: ["start", 1000, "reset-failed", 100, "start", 1000],
  };
  yield { name: "JobTimeoutSec", lines: ["Type=notify"], unit: ["JobTimeoutSec=1"], main: lives, do: ["start", 500] };
  yield {
    name: "JobRunningTimeoutSec",
    lines: ["Type=notify"],
    unit: ["JobRunningTimeoutSec=1"],
    main: lives,
    do: ["start", 500],
  };
  yield { name: "condition", lines: [], unit: ["ConditionPathExists=/nonexistent"], main: lives, do: ["start", 200] };
  yield { name: "assert", lines: [], unit: ["AssertPathExists=/nonexistent"], main: lives, do: ["start", 200] };
  yield* more();
  yield { name: "idle", lines: ["Type=idle"], main: lives, do: ["start", 6000, "stop", 300] };
}

const notify = ["Type=notify", "NotifyAccess=all"];

function* more(): Generator<Scenario> {
  const ready: Behaviour = { readyMs: 100 };
  yield {
    name: "RELOADING and READY",
    lines: notify,
    main: {
      ...ready,
      says: [
        [300, "RELOADING=1"],
        [300, "READY=1"],
      ],
    },
    do: ["start", 1200, "stop", 200],
  };
  yield {
    name: "RELOADING and no READY",
    lines: [...notify, "TimeoutStartSec=1"],
    main: { ...ready, says: [[300, "RELOADING=1"]] },
    do: ["start", 1900, "stop", 200],
  };
  yield {
    name: "STOPPING and it goes",
    lines: notify,
    main: { ...ready, says: [[300, "STOPPING=1"]], endMs: 600, exit: 0 },
    do: ["start", 1200],
  };
  yield {
    name: "STOPPING and it stays",
    lines: [...notify, "TimeoutStopSec=1"],
    main: { ...ready, says: [[300, "STOPPING=1"]] },
    do: ["start", 2000],
  };
  yield {
    name: "STOPPING, Restart=always",
    lines: [...notify, "Restart=always", "RestartSec=300"],
    main: { ...ready, says: [[300, "STOPPING=1"]], endMs: 600, exit: 0 },
    do: ["start", 1200],
  };
  yield {
    name: "WATCHDOG=trigger",
    lines: notify,
    main: { ...ready, says: [[300, "WATCHDOG=trigger"]] },
    do: ["start", 1000],
  };
  yield {
    name: "WATCHDOG=1 now and then",
    lines: [...notify, "WatchdogSec=1"],
    main: {
      ...ready,
      says: [
        [600, "WATCHDOG=1"],
        [600, "WATCHDOG=1"],
        [600, "WATCHDOG=1"],
      ],
    },
    do: ["start", 3600],
  };
  yield {
    name: "WATCHDOG_USEC",
    lines: notify,
    main: { ...ready, says: [[100, "WATCHDOG_USEC=700000"]] },
    do: ["start", 1600],
  };
  yield {
    name: "EXTEND_TIMEOUT_USEC in start",
    lines: [...notify, "TimeoutStartSec=1"],
    main: {
      says: [
        [500, "EXTEND_TIMEOUT_USEC=3000000"],
        [1500, "READY=1"],
      ],
    },
    do: ["start", 300, "stop", 200],
  };
  yield {
    name: "EXTEND_TIMEOUT_USEC that is not kept",
    lines: [...notify, "TimeoutStartSec=1"],
    main: { says: [[500, "EXTEND_TIMEOUT_USEC=1500000"]] },
    do: ["start", 300],
  };
  yield {
    name: "READY and STOPPING in one message",
    lines: notify,
    main: { says: [[300, "READY=1", "STOPPING=1"]], endMs: 300, exit: 0 },
    do: ["start", 800],
  };
  yield {
    name: "READY of a simple service",
    lines: ["NotifyAccess=all"],
    main: { says: [[200, "READY=1"]] },
    do: ["start", 500, "stop", 200],
  };
  yield {
    name: "RELOADING of a simple service",
    lines: ["NotifyAccess=all"],
    main: {
      says: [
        [200, "RELOADING=1"],
        [200, "READY=1"],
      ],
    },
    do: ["start", 800, "stop", 200],
  };
  yield {
    name: "messages that nobody listens to",
    lines: ["Type=notify", "NotifyAccess=main", "TimeoutStartSec=1"],
    main: { says: [[200, "STATUS=x"]] },
    do: ["start", 300],
  };
  yield {
    name: "systemctl reload with RELOADING",
    lines: notify,
    main: {
      ...ready,
      says: [
        [500, "RELOADING=1"],
        [300, "READY=1"],
      ],
    },
    others: { ExecReload: { exit: 0, endMs: 1000 } },
    do: ["start", 100, "reload", 500, "stop", 200],
  };
  yield {
    name: "KillSignal=SIGUSR1 exits 5",
    lines: ["KillSignal=SIGUSR1"],
    main: { traps: { USR1: 5 } },
    do: ["start", 200, "stop", 300],
  };
  yield {
    name: "RestartKillSignal=SIGUSR2",
    lines: ["RestartKillSignal=SIGUSR2"],
    main: { traps: { USR2: 0, TERM: 9 } },
    do: ["start", 200, "restart", 300, "stop", 300],
  };
  yield {
    name: "SIGTERM exits 143",
    lines: ["SuccessExitStatus=143"],
    main: { traps: { TERM: 143 } },
    do: ["start", 200, "stop", 300],
  };
  yield {
    name: "SIGTERM exits 143, and that is a failure",
    lines: [],
    main: { traps: { TERM: 143 } },
    do: ["start", 200, "stop", 300],
  };
  yield {
    name: "SIGTERM exits 1, Restart=always",
    lines: ["Restart=always"],
    main: { traps: { TERM: 1 } },
    do: ["start", 200, "stop", 300],
  };
  yield {
    name: "systemctl kill --signal=USR1, Restart=on-failure",
    lines: ["Restart=on-failure", "RestartSec=300"],
    main: lives,
    do: ["start", 200, "kill --signal=USR1", 300],
  };
  yield {
    name: "systemctl kill --signal=TERM, Restart=on-failure",
    lines: ["Restart=on-failure", "RestartSec=300"],
    main: lives,
    do: ["start", 200, "kill --signal=TERM", 300],
  };
  yield {
    name: "systemctl kill with a child left",
    lines: ["Restart=on-failure", "RestartSec=300"],
    main: { leaves: "child" },
    do: ["start", 200, "kill --kill-whom=main --signal=KILL", 400],
  };
  yield {
    name: "ExitType=cgroup, the main process ends first",
    lines: ["ExitType=cgroup"],
    main: { endMs: 300, exit: 0, leaves: "child" },
    do: ["start", 800, "stop", 300],
  };
  yield {
    name: "ExitType=cgroup, the main process fails first",
    lines: ["ExitType=cgroup"],
    main: { endMs: 300, exit: 1, leaves: "child" },
    do: ["start", 800, "stop", 300],
  };
  yield {
    name: "ExitType=cgroup alone",
    lines: ["ExitType=cgroup"],
    main: { endMs: 300, exit: 0 },
    do: ["start", 700],
  };
  yield {
    name: "oneshot, Restart=on-failure",
    lines: ["Type=oneshot", "Restart=on-failure", "RestartSec=300"],
    main: { exit: 1 },
    do: ["start", 400],
  };
  yield {
    name: "oneshot, a time-out",
    lines: ["Type=oneshot", "TimeoutStartSec=1"],
    main: lives,
    others: { ExecStopPost: ok },
    do: ["start", 400],
  };
  yield {
    name: "oneshot, stopped while it runs",
    lines: ["Type=oneshot"],
    main: lives,
    others: { ExecStop: ok, ExecStopPost: ok },
    do: ["start --no-block", 300, "stop", 300],
  };
  yield {
    name: "oneshot with ExecStop",
    lines: ["Type=oneshot"],
    main: ok,
    others: { ExecStop: ok, ExecStopPost: ok },
    do: ["start", 400],
  };
  yield {
    name: "oneshot that remains, with ExecStop",
    lines: ["Type=oneshot", "RemainAfterExit=yes"],
    main: ok,
    others: { ExecStop: ok, ExecStopPost: ok },
    do: ["start", 300, "stop", 300],
  };
  yield {
    name: "oneshot that remains, started again, restarted",
    lines: ["Type=oneshot", "RemainAfterExit=yes"],
    main: ok,
    do: ["start", 200, "start", 200, "restart", 300],
  };
  yield {
    name: "oneshot that remains, reloaded",
    lines: ["Type=oneshot", "RemainAfterExit=yes"],
    main: ok,
    others: { ExecReload: ok },
    do: ["start", 200, "reload", 300, "stop", 200],
  };
  yield { name: "forking, and the parent fails", lines: ["Type=forking"], main: { exit: 3 }, do: ["start", 400] };
  yield { name: "forking, and nothing is left", lines: ["Type=forking"], main: { exit: 0 }, do: ["start", 400] };
  yield {
    name: "forking, and nothing is left, remains",
    lines: ["Type=forking", "RemainAfterExit=yes"],
    main: { exit: 0 },
    do: ["start", 400, "stop", 200],
  };
  yield {
    name: "forking, the parent never ends",
    lines: ["Type=forking", "TimeoutStartSec=1"],
    main: lives,
    do: ["start", 300],
  };
  yield {
    name: "forking, the PID file never comes",
    lines: ["Type=forking", "PIDFile=/run/nowhere.pid", "TimeoutStartSec=1"],
    main: { exit: 0, endMs: 50, daemon: { behaviour: lives } },
    do: ["start", 300],
  };
  yield {
    name: "forking, GuessMainPID=no",
    lines: ["Type=forking", "GuessMainPID=no"],
    main: { exit: 0, endMs: 50, daemon: { behaviour: { endMs: 700, exit: 4 } } },
    do: ["start", 300, 900],
  };
  yield {
    name: "forking, restarted",
    lines: ["Type=forking"],
    main: { exit: 0, endMs: 50, daemon: { behaviour: lives } },
    do: ["start", 300, "restart", 300, "stop", 200],
  };
  yield {
    name: "exec, restarted while it waits",
    lines: ["Type=exec", "Restart=always", "RestartSec=300"],
    main: { endMs: 200, exit: 1 },
    do: ["start", 500, "restart", 500, "stop", 200],
  };
  yield {
    name: "start while it waits to be restarted",
    lines: ["Restart=always", "RestartSec=1"],
    unit: ["StartLimitBurst=2", "StartLimitIntervalSec=60"],
    main: { endMs: 200, exit: 1 },
    do: ["start", 500, "start", 300],
  };
  yield {
    name: "ExecStopPost fails after a clean stop",
    lines: [],
    main: lives,
    others: { ExecStopPost: { exit: 1 } },
    do: ["start", 200, "stop", 300],
  };
  yield {
    name: "ExecStop fails on a clean stop, Restart=on-failure",
    lines: ["Restart=on-failure"],
    main: lives,
    others: { ExecStop: { exit: 1 } },
    do: ["start", 200, "stop", 300],
  };
  yield {
    name: "try-restart while it starts",
    lines: ["Type=notify"],
    main: lives,
    do: ["start --no-block", 300, "try-restart --no-block", 500, "stop", 200],
  };
  yield {
    name: "restart --no-block twice",
    lines: [],
    main: lives,
    others: { ExecStop: { endMs: 300, exit: 0 } },
    do: ["start", 200, "restart --no-block", 100, "restart", 300],
  };
  yield {
    name: "stop --no-block, then start --no-block, then stop",
    lines: [],
    main: lives,
    others: { ExecStop: { endMs: 400, exit: 0 } },
    do: ["start", 200, "stop --no-block", 100, "start --no-block", 100, "stop", 500],
  };
  yield {
    name: "reload twice at once",
    lines: [],
    main: lives,
    others: { ExecReload: { endMs: 400, exit: 0 } },
    do: ["start", 200, "reload --no-block", 100, "reload", 800, "stop", 200],
  };
  yield {
    name: "restart while it reloads",
    lines: [],
    main: lives,
    others: { ExecReload: { endMs: 400, exit: 0 } },
    do: ["start", 200, "reload --no-block", 100, "restart", 800, "stop", 200],
  };
  yield {
    name: "RuntimeMaxSec of a oneshot",
    lines: ["Type=oneshot", "RuntimeMaxSec=1"],
    main: { endMs: 1500, exit: 0 },
    do: ["start", 200],
  };
  yield {
    name: "RuntimeMaxSec, Restart=on-failure",
    lines: ["RuntimeMaxSec=1", "Restart=on-failure", "RestartSec=300"],
    main: lives,
    do: ["start", 1700],
  };
}

/** All scenarios; the unit of each is `t-N.service`. */
export const scenarios: readonly Scenario[] = [...all()].map((s, i) => ({
  ...s,
  lines: s.lines.map((line) => line.replace("PIDFILE", `t-${i}.pid`)),
  ...(s.main?.daemon?.pidFile === undefined
    ? {}
    : { main: { ...s.main, daemon: { ...s.main.daemon, pidFile: `/run/t-${i}.pid` } } }),
}));

/** The unit file of a scenario; `command` names what each command runs. */
export function unitText(s: Scenario, command: (directive: string) => string): string {
  const commands = ["ExecStart", ...Object.keys(s.others ?? {})].map((d) => `${d}=${command(d)}`);
  return ["[Unit]", ...(s.unit ?? []), "[Service]", ...commands, ...s.lines, ""].join("\n");
}
