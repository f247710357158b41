import type { Behaviour } from "../traces/behaviour.ts";

/**
 * One socket with its service, what their commands do, and what is asked: "start" and "stop" of the socket, "service start" …,
 * "knock" (a client writes into the FIFO, or connects), or a pause in milliseconds.
 */
export interface SocketScenario {
  readonly name: string;
  /** Lines of [Socket]; LISTEN is where it listens. */
  readonly lines: readonly string[];
  /** Lines of the service's [Unit] and [Service]. */
  readonly unit?: readonly string[];
  readonly service?: readonly string[];
  /** What the service does; `letsIn`: it takes what waits at its socket first. */
  readonly main?: Behaviour & { readonly letsIn?: boolean };
  /** What the socket's commands do. */
  readonly others?: Readonly<Record<string, Behaviour>>;
  /** A command is written with `-` before it. */
  readonly ignoreFailure?: boolean;
  readonly accept?: boolean;
  readonly noTemplate?: boolean;
  readonly do: readonly (string | number)[];
}

const ok: Behaviour = { exit: 0 };
const bad: Behaviour = { exit: 3 };
const lives = { letsIn: true };
const once = { letsIn: true, endMs: 200, exit: 0 };
const noLimit = ["StartLimitIntervalSec=0"];

function* all(): Generator<SocketScenario> {
  yield {
    name: "a service that lets in and ends",
    lines: [],
    main: once,
    do: ["start", 100, "knock", 600, "knock", 600, "stop", 100],
  };
  yield {
    name: "a service that lives",
    lines: [],
    main: lives,
    do: ["start", "knock", 400, "service stop", 200, "knock", 300, "stop", 200],
  };
  yield {
    name: "a service that fails",
    lines: [],
    main: { ...once, exit: 1 },
    do: ["start", "knock", 600, "knock", 600],
  };
  yield {
    name: "a service that is killed",
    lines: [],
    main: { letsIn: true, endMs: 200, signal: "KILL" },
    do: ["start", "knock", 600],
  };
  yield {
    name: "a oneshot",
    lines: [],
    service: ["Type=oneshot"],
    main: once,
    do: ["start", "knock", 600, "knock", 600],
  };
  yield {
    name: "a oneshot that remains",
    lines: [],
    service: ["Type=oneshot", "RemainAfterExit=yes"],
    main: once,
    do: ["start", "knock", 600, "service stop", 300],
  };
  yield {
    name: "Restart=on-failure",
    lines: [],
    unit: ["StartLimitBurst=3"],
    service: ["Restart=on-failure", "RestartSec=300ms"],
    main: { ...once, exit: 1 },
    do: ["start", "knock", 400],
  };
  yield {
    name: "Restart=always, pause",
    lines: [],
    service: ["Restart=always", "RestartSec=1s"],
    main: { letsIn: true, endMs: 300, exit: 0 },
    do: ["start", "knock", 800, "service stop", 200],
  };
  yield {
    name: "a service that lets nobody in hits its start limit",
    lines: [],
    main: ok,
    do: ["start", "knock", 1500, "reset-failed", 100],
  };
  yield {
    name: "a service that lets nobody in, without a start limit",
    lines: ["TriggerLimitBurst=6"],
    unit: noLimit,
    main: ok,
    do: ["start", "knock", 1500],
  };
  yield { name: "the default trigger limit", lines: [], unit: noLimit, main: ok, do: ["start", "knock", 2500] };
  yield {
    name: "no trigger limit, but a start limit",
    lines: ["TriggerLimitIntervalSec=0"],
    unit: ["StartLimitBurst=7"],
    main: ok,
    do: ["start", "knock", 1500],
  };
  yield {
    name: "a service whose condition does not hold",
    lines: ["TriggerLimitBurst=3"],
    unit: ["ConditionPathExists=/nonexistent"],
    main: ok,
    do: ["start", "knock", 600],
  };
  yield {
    name: "FlushPending",
    lines: ["FlushPending=yes"],
    main: { endMs: 200, exit: 0 },
    do: ["start", "knock", 800, "knock", 800],
  };
  yield {
    name: "a service that is never ready",
    lines: [],
    unit: ["StartLimitBurst=2"],
    service: ["Type=notify", "TimeoutStartSec=500ms"],
    main: {},
    do: ["start", "knock", 2500],
  };
  yield { name: "a service that is not there", lines: ["Service=nonexistent.service"], do: ["start", 200] };
  yield {
    name: "a service that is started by hand",
    lines: [],
    main: lives,
    do: ["start", "service start", 300, "service stop", 300],
  };
  yield {
    name: "a socket whose service runs",
    lines: [],
    main: lives,
    do: ["service start", 200, "start", 100, "service stop", 200, "start", 100],
  };
  yield {
    name: "a restart while the service runs",
    lines: [],
    main: lives,
    do: ["start", "knock", 300, "restart", 300],
  };
  yield {
    name: "a restart while it listens",
    lines: [],
    main: lives,
    do: ["start", 100, "restart", 300, "knock", 300],
  };
  yield {
    name: "a stop while the service runs, and a start",
    lines: [],
    main: lives,
    do: ["start", "knock", 300, "stop", 200, "service stop", 200, "start", 100],
  };
  yield {
    name: "the socket's own start limit",
    lines: [],
    do: ["start", "stop", "start", "stop", "start", "stop", "start", "stop", "start", "stop", "start", 100],
  };
  yield {
    name: "SocketUser",
    lines: ["SocketUser=nobody", "RemoveOnStop=yes"],
    main: lives,
    do: ["start", 100, "stop", 100, "start", 100],
  };
  yield { name: "SocketUser that is not there", lines: ["SocketUser=nosuchuser"], do: ["start", 100] };
  yield {
    name: "SocketGroup that is not there",
    lines: ["SocketGroup=nosuchgroup"],
    others: { ExecStopPre: ok, ExecStopPost: ok },
    do: ["start", 200],
  };
  yield { name: "an address that nobody has", lines: ["ListenStream=192.0.2.1:1"], do: ["start", 100] };
  yield {
    name: "an address that nobody has, with commands",
    lines: ["ListenStream=192.0.2.1:1"],
    others: { ExecStartPre: ok, ExecStartPost: ok, ExecStopPre: ok, ExecStopPost: ok },
    do: ["start", 300],
  };

  for (const [how, behaviour] of Object.entries({
    "exit 0": { endMs: 200, exit: 0 },
    "exit 3": { endMs: 200, exit: 3 },
    "signal KILL": { endMs: 200, signal: "KILL" as const },
    "not there": { notFound: true },
  }))
    for (const directive of ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"]) {
      yield {
        name: `${directive}, ${how}`,
        lines: [],
        others: { [directive]: behaviour },
        do: ["start", 500, "stop", 500],
      };
      if (how === "exit 3")
        yield {
          name: `-${directive}, ${how}`,
          lines: [],
          others: { [directive]: behaviour },
          ignoreFailure: true,
          do: ["start", 500, "stop", 500],
        };
    }
  yield {
    name: "all commands",
    lines: [],
    others: { ExecStartPre: ok, ExecStartPost: ok, ExecStopPre: ok, ExecStopPost: ok },
    main: once,
    do: ["start", "knock", 600, "stop", 300],
  };
  yield {
    name: "all stop commands after a failure",
    lines: [],
    others: { ExecStartPost: bad, ExecStopPre: ok, ExecStopPost: ok },
    do: ["start", 500],
  };
  for (const directive of ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"]) {
    yield {
      name: `${directive} takes too long`,
      lines: ["TimeoutSec=700ms"],
      others: { [directive]: {} },
      do: ["start", 100, "stop", 1500],
    };
    yield {
      name: `${directive} takes too long and does not listen`,
      lines: ["TimeoutSec=700ms"],
      others: { [directive]: { ignoresTerm: true } },
      do: ["start", 100, "stop", 2500],
    };
    yield {
      name: `${directive} takes too long, SendSIGKILL=no`,
      lines: ["TimeoutSec=700ms", "SendSIGKILL=no"],
      others: { [directive]: { ignoresTerm: true, endMs: 6000 } },
      do: ["start", 100, "stop", 2500],
    };
  }
  yield {
    name: "a stop during ExecStartPre",
    lines: [],
    others: { ExecStartPre: {}, ExecStopPre: ok, ExecStopPost: ok },
    do: ["start --no-block", 300, "stop", 300],
  };
  yield {
    name: "a stop during ExecStartPost",
    lines: [],
    others: { ExecStartPost: {}, ExecStopPre: ok, ExecStopPost: ok },
    do: ["start --no-block", 300, "stop", 300],
  };
  yield {
    name: "a stop during ExecStartPre that does not listen",
    lines: ["TimeoutSec=700ms"],
    others: { ExecStartPre: { ignoresTerm: true }, ExecStopPost: ok },
    do: ["start --no-block", 300, "stop", 1200],
  };
  yield {
    name: "KillMode=process",
    lines: ["KillMode=process", "TimeoutSec=700ms"],
    others: { ExecStopPre: {} },
    do: ["start", 100, "stop", 1200],
  };
  yield {
    name: "KillMode=none",
    lines: ["KillMode=none", "TimeoutSec=700ms"],
    others: { ExecStopPre: { endMs: 2500 } },
    do: ["start", 100, "stop", 1200],
  };
  yield {
    name: "a knock during ExecStopPre",
    lines: [],
    others: { ExecStopPre: { endMs: 500, exit: 0 } },
    main: once,
    do: ["start", 100, "stop --no-block", 200, "knock", 600],
  };

  yield {
    name: "Accept: one after the other",
    accept: true,
    lines: [],
    main: { endMs: 200, exit: 0 },
    do: ["start", "knock", 500, "knock", 500, "stop", 200],
  };
  yield {
    name: "Accept: two at once, and one too many",
    accept: true,
    lines: ["MaxConnections=2"],
    main: { endMs: 900, exit: 0 },
    do: ["start", "knock", 200, "knock", 200, "knock", 1500],
  };
  yield {
    name: "Accept: a service that fails",
    accept: true,
    lines: [],
    main: { endMs: 200, exit: 1 },
    do: ["start", "knock", 500],
  };
  yield {
    name: "Accept: a stop while a connection lives",
    accept: true,
    lines: [],
    main: { endMs: 700, exit: 0 },
    do: ["start", "knock", 200, "stop", 900],
  };
  yield {
    name: "Accept: a oneshot with a condition that does not hold",
    accept: true,
    lines: [],
    unit: ["ConditionPathExists=/nonexistent"],
    main: ok,
    do: ["start", "knock", 400],
  };
  yield { name: "Accept: no template", accept: true, noTemplate: true, lines: [], do: ["start", "knock", 400] };
}

/** All scenarios; the units of each are `s-N.socket` and `s-N.service` or `s-N@.service`. */
export const scenarios: readonly SocketScenario[] = [...all()];

/** Where scenario N listens. */
export const address = (s: SocketScenario, n: number): string =>
  s.accept ? `127.0.0.1:${4700 + n}` : `/run/s-${n}.fifo`;

/** The text of the socket unit; `command` names what each command runs. */
export function socketText(s: SocketScenario, n: number, command: (directive: string) => string): string {
  const own = s.lines.some((line) => line.startsWith("Listen"));
  const listen = own ? [] : [`${s.accept ? "ListenStream" : "ListenFIFO"}=${address(s, n)}`];
  const commands = Object.keys(s.others ?? {}).map((d) => `${d}=${s.ignoreFailure ? "-" : ""}${command(d)}`);
  return ["[Socket]", ...listen, ...(s.accept ? ["Accept=yes"] : []), ...commands, ...s.lines, ""].join("\n");
}

export function serviceText(s: SocketScenario, command: string): string {
  return ["[Unit]", ...(s.unit ?? []), "[Service]", `ExecStart=${command}`, ...(s.service ?? []), ""].join("\n");
}

/** The name of the service's unit file. */
export const serviceName = (s: SocketScenario, n: number): string => (s.accept ? `s-${n}@.service` : `s-${n}.service`);
