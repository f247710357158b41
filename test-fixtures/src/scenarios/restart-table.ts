/** The table of systemd.service(5), "Exit causes and the effect of the Restart= settings", cell by cell, with the types beside. */
import type { Scenario } from "./scenario.ts";

const policies = ["no", "always", "on-success", "on-failure", "on-abnormal", "on-abort", "on-watchdog"];

/** How a service ends: its program, settings beside, and what has to be asked of it. */
interface Way {
  readonly program: string;
  readonly lines?: readonly string[];
  readonly steps?: readonly string[];
}

const ways: Readonly<Record<string, Way>> = {
  "clean exit code": { program: "sleep=150 exit=0" },
  "clean signal HUP": { program: "sleep=150 raise=1" },
  "clean signal INT": { program: "sleep=150 raise=2" },
  "clean signal PIPE": { program: "sleep=150 raise=13" },
  "unclean exit code": { program: "sleep=150 exit=7" },
  "unclean signal": { program: "sleep=150 raise=9" },
  "core dump": { program: "sleep=150 raise=6" },
  "start time-out": { program: "wait", lines: ["Type=notify", "TimeoutStartSec=700ms"] },
  "run time-out": { program: "wait", lines: ["RuntimeMaxSec=700ms"] },
  watchdog: { program: "notify=READY=1 wait", lines: ["Type=notify", "WatchdogSec=700ms"] },
  "stop by hand": { program: "wait", steps: ["pause 300", "systemctl stop t.service"] },
  "kill by hand": { program: "wait", steps: ["pause 300", "systemctl kill -s USR1 t.service"] },
  "ExecStop fails after a clean end": { program: "sleep=150 exit=0", lines: ["ExecStop=/bin/false"] },
  "ExecStopPost fails after a clean end": { program: "sleep=150 exit=0", lines: ["ExecStopPost=/bin/false"] },
  "ExecStartPre fails": { program: "wait", lines: ["ExecStartPre=/bin/false"] },
  "ExecCondition says no": { program: "wait", lines: ["ExecCondition=/bin/false"] },
  "no such program": { program: "#!/nonexistent/interpreter\n" },
};

function cell(policy: string, name: string, { program, lines = [], steps = [] }: Way): Scenario {
  const service = ["[Service]", `Restart=${policy}`, "RestartSec=1h", "ExecStart=@program main", ...lines];
  return {
    name: `Restart=${policy}: ${name}`,
    origin: "restart-table.ts",
    alone: false,
    pinned: true,
    units: new Map([["t.service", `${service.join("\n")}\n`]]),
    programs: new Map([["main", program.startsWith("#!") ? program : `${program}\n`]]),
    files: new Map(),
    steps: ["systemctl start t.service", ...steps, "pause 1500"],
  };
}

export const restartTable: readonly Scenario[] = policies.flatMap((policy) =>
  Object.entries(ways).map(([name, way]) => cell(policy, name, way)),
);
