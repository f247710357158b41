import { exits, forever, type Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const second = 1_000_000;
const after = (usec: number, ...fields: [string, string][]): Program => ({ notify: [{ atUsec: usec, fields }] });

function run(lines: string, programs: Readonly<Record<string, Program>>, usec = 10 * second): World {
  const texts = { "a.service": service(lines), "dbus.socket": "[Socket]\nListenStream=/run/dbus/system_bus_socket\n" };
  const world = new World(texts, { programs, builtin: { "dbus.socket": "there is a bus" } });
  world.start("a.service").run(usec);
  return world;
}

describe("Type=", () => {
  test("simple is up when the process exists, even if execve() fails after that", () => {
    const world = run("ExecStart=/a", { "a.service": { execFails: { status: 203, errno: 2 } } });
    expect(world.results.at(-1)).toBe("a.service/start done");
    expect(world.service("a.service").result).toBe("exit-code");
    expect(world.service("a.service").mainExec.status).toBe(203);
  });

  test("exec is not", () => {
    const world = run("Type=exec\nExecStart=/a", { "a.service": { execFails: { status: 203, errno: 2 } } });
    expect(world.results.at(-1)).toBe("a.service/start failed");
    expect(world.stateOf("a.service")).toBe("failed failed");
  });

  test("oneshot runs its commands one after the other and rests", () => {
    const world = run("Type=oneshot\nExecStart=/a\nExecStart=/b\nExecStart=/c", {});
    expect(world.effects.filter((e) => e.kind === "spawn").map((e) => e.command.index)).toEqual([0, 1, 2]);
    expect(world.stateOf("a.service")).toBe("inactive dead");
    expect(world.results.at(-1)).toBe("a.service/start done");
  });

  test("oneshot ends at the first command that fails, unless it is marked", () => {
    const world = run("Type=oneshot\nExecStart=-/a\nExecStart=/b\nExecStart=/c", {
      "a.service ExecStart 0": exits(1),
      "a.service ExecStart 1": exits(2),
    });
    expect(world.effects.filter((e) => e.kind === "spawn")).toHaveLength(2);
    expect(world.stateOf("a.service")).toBe("failed failed");
  });

  test("oneshot with RemainAfterExit= stays", () => {
    const world = run("Type=oneshot\nRemainAfterExit=yes\nExecStart=/a", {});
    expect(world.stateOf("a.service")).toBe("active exited");
    world.request("a.service", "stop");
    world.run();
    expect(world.stateOf("a.service")).toBe("inactive dead");
  });

  test("notify is up at READY=1", () => {
    const program = after(second, ["STATUS", "warming up"]);
    const ready: Program = { notify: [...program.notify!, { atUsec: 2 * second, fields: [["READY", "1"]] }] };
    const world = run("Type=notify\nExecStart=/a", { "a.service": ready }, 1_500_000);
    expect(world.stateOf("a.service")).toBe("activating start");
    expect(world.service("a.service").statusText).toBe("warming up");
    world.run(second);
    expect(world.stateOf("a.service")).toBe("active running");
  });

  test("notify that ends without READY=1 broke the protocol", () => {
    const world = run("Type=notify\nExecStart=/a", { "a.service": exits(0) });
    expect(world.stateOf("a.service")).toBe("failed failed");
    expect(world.service("a.service").result).toBe("protocol");
  });

  test("forking finds its main process by PIDFile=", () => {
    const daemon: Program = { ...exits(0), forks: [{ atUsec: 500, program: forever, writesPidFile: "/run/a.pid" }] };
    const world = run("Type=forking\nPIDFile=/run/a.pid\nExecStart=/a", {
      "a.service": { ...daemon, runsUsec: 1_000 },
    });
    expect(world.stateOf("a.service")).toBe("active running");
    expect(world.service("a.service").main?.alien).toBe(true);
    world.request("a.service", "stop");
    world.run();
    expect(world.stateOf("a.service")).toBe("inactive dead");
    expect(world.kernel.processes.size).toBe(0);
  });

  test("a daemon that hands over to another process and updates its PID file has not ended", () => {
    const successor: Program = forever;
    const first: Program = {
      runsUsec: 3 * second,
      forks: [{ atUsec: 2 * second, program: successor, writesPidFile: "/run/a.pid" }],
    };
    const starter: Program = {
      ...exits(0),
      runsUsec: 1_000,
      forks: [{ atUsec: 500, program: first, writesPidFile: "/run/a.pid" }],
    };
    const world = run("Type=forking\nPIDFile=/run/a.pid\nExecStart=/a", { "a.service": starter }, second);
    const { pid } = world.service("a.service").main!;
    world.run(8 * second);
    expect(world.stateOf("a.service")).toBe("active running");
    expect(world.service("a.service").main!.pid).not.toBe(pid);
    expect(world.kernel.log).not.toContain("a.service: Main process exited, code=exited, status=0/SUCCESS");
    world.request("a.service", "stop");
    world.run();
    expect(world.stateOf("a.service")).toBe("inactive dead");
    expect([...world.kernel.endedTokens].filter((token) => !world.kernel.released.has(token))).toEqual([]);
  });

  test("a daemon that ends and leaves its PID file as it is has ended", () => {
    const helper: Program = { runsUsec: 20 * second };
    const first: Program = {
      runsUsec: second,
      end: { code: "exited", status: 3 },
      forks: [{ atUsec: 10, program: helper }],
    };
    const starter: Program = {
      ...exits(0),
      runsUsec: 1_000,
      forks: [{ atUsec: 500, program: first, writesPidFile: "/run/a.pid" }],
    };
    const world = run("Type=forking\nPIDFile=/run/a.pid\nExecStart=/a", { "a.service": starter });
    expect(world.service("a.service")).toMatchObject({ result: "exit-code", mainExec: { status: 3 } });
    expect(world.kernel.processes.size).toBe(0);
  });

  test("forking guesses its only process", () => {
    const daemon: Program = {
      ...exits(0),
      forks: [{ atUsec: 500, program: { runsUsec: 3 * second, end: { code: "exited", status: 4 } } }],
    };
    const world = run("Type=forking\nExecStart=/a", { "a.service": daemon }, second);
    expect(world.stateOf("a.service")).toBe("active running");
    expect(world.service("a.service").main).toBeDefined();
    world.run();
    expect(world.stateOf("a.service")).toBe("failed failed");
    expect(world.service("a.service").mainExec.status).toBe(4);
  });

  test("forking with several processes and no PIDFile= lives as long as its group", () => {
    const child: Program = { runsUsec: 3 * second };
    const daemon: Program = {
      ...exits(0),
      forks: [
        { atUsec: 500, program: child },
        { atUsec: 500, program: child },
      ],
    };
    const world = run("Type=forking\nExecStart=/a", { "a.service": daemon }, second);
    expect(world.stateOf("a.service")).toBe("active running");
    expect(world.service("a.service").main).toBeUndefined();
    world.run();
    expect(world.stateOf("a.service")).toBe("inactive dead");
  });

  // As recorded (test-fixtures/scenarios/types.scenario): as long as no main process was ever known, systemd waits on.
  test("forking whose daemon never writes the PID file fails by its time-out", () => {
    const daemon: Program = { ...exits(0), forks: [{ atUsec: 500, program: { runsUsec: 2 * second } }] };
    const world = run("Type=forking\nTimeoutStartSec=5\nPIDFile=/run/a.pid\nExecStart=/a", { "a.service": daemon });
    expect(world.service("a.service").result).toBe("timeout");
  });

  test("idle is active at once and runs when nothing else is to do", () => {
    const texts = {
      "a.service": service("Type=idle\nExecStart=/a"),
      "b.service": service("Type=oneshot\nExecStart=/b"),
      "all.target": "[Unit]\nWants=a.service b.service\n",
    };
    const world = new World(texts, { programs: { "a.service": forever, "b.service": { runsUsec: 2 * second } } });
    world.start("all.target").run(second);
    expect(world.stateOf("a.service")).toBe("active running");
    expect(world.kernel.members("a.service")).toHaveLength(0);
    world.run();
    expect(world.kernel.members("a.service")).toHaveLength(1);
    expect(world.stateOf("a.service")).toBe("active running");
  });

  test("idle waits five seconds at most", () => {
    const texts = {
      "a.service": service("Type=idle\nExecStart=/a"),
      "b.service": service("Type=oneshot\nExecStart=/b"),
      "all.target": "[Unit]\nWants=a.service b.service\n",
    };
    const world = new World(texts, { programs: { "a.service": forever, "b.service": { runsUsec: 20 * second } } });
    world.start("all.target").run(4_900_000);
    expect(world.kernel.members("a.service")).toHaveLength(0);
    world.run(300_000);
    expect(world.stateOf("a.service")).toBe("active running");
  });

  test("dbus without its name times out; with it, it is up", () => {
    const lines = "Type=dbus\nBusName=org.example.A\nExecStart=/a\nTimeoutStartSec=3";
    const world = run(lines, { "a.service": forever }, second);
    expect(world.stateOf("a.service")).toBe("activating start");
    world.deliver({ kind: "busName", unit: "a.service", owned: true });
    expect(world.stateOf("a.service")).toBe("active running");
    world.deliver({ kind: "busName", unit: "a.service", owned: false });
    world.run();
    expect(world.stateOf("a.service")).toBe("inactive dead");
    const other = run(lines, { "a.service": forever });
    expect(other.service("a.service").result).toBe("timeout");
  });

  test("notify-reload is reloaded by its signal and says when it is done", () => {
    const program = after(100, ["READY", "1"]);
    const world = run("Type=notify-reload\nExecStart=/a\nReloadSignal=SIGUSR1", {
      "a.service": { ...program, ignores: [10] },
    });
    world.request("a.service", "reload");
    expect(world.stateOf("a.service")).toBe("reloading reload-signal");
    const say = (...fields: [string, string][]) => {
      const { token, pid } = world.service("a.service").main!;
      world.deliver({ kind: "notify", unit: "a.service", token, pid, fields });
    };
    say(["RELOADING", "1"], ["MONOTONIC_USEC", String(world.kernel.nowUsec + 1)]);
    expect(world.stateOf("a.service")).toBe("reloading reload-notify");
    say(["READY", "1"]);
    expect(world.stateOf("a.service")).toBe("active running");
    expect(world.results.at(-1)).toBe("a.service/reload done");
  });
});

describe("the way down", () => {
  test("ExecStop= runs after a clean end of a service that was up, and not after a failure", () => {
    const lines = "ExecStart=/a\nExecStop=/stop\nExecStopPost=/post";
    const ran = (world: World) => world.effects.flatMap((e) => (e.kind === "spawn" ? [e.command.directive] : []));
    expect(ran(run(lines, { "a.service": exits(0) }))).toEqual(["ExecStart", "ExecStop", "ExecStopPost"]);
    expect(ran(run(lines, { "a.service": exits(1) }))).toEqual(["ExecStart", "ExecStopPost"]);
  });

  test("what went wrong is told to ExecStopPost=", () => {
    const world = run("ExecStart=/a\nExecStopPost=/post", { "a.service": exits(3) });
    const post = world.effects.find((e) => e.kind === "spawn" && e.command.directive === "ExecStopPost");
    expect(post?.kind === "spawn" && post.env).toEqual([
      ["SERVICE_RESULT", "exit-code"],
      ["EXIT_CODE", "exited"],
      ["EXIT_STATUS", "3"],
    ]);
  });

  test.each([
    ["control-group", 0],
    ["mixed", 0],
    ["process", 1],
    ["none", 2],
  ])("KillMode=%s leaves %i processes", (mode, left) => {
    const lines = `ExecStart=/a\nKillMode=${mode}\nTimeoutStopSec=2`;
    const world = run(lines, { "a.service": { forks: [{ atUsec: 10, program: forever }] } }, second);
    world.request("a.service", "stop");
    world.run(30 * second);
    expect(world.kernel.processes.size).toBe(left);
    expect(world.stateOf("a.service")).toBe("inactive dead");
    expect(world.results.at(-1)).toBe("a.service/stop done");
  });

  test("mixed: SIGTERM to the main process, SIGKILL to the rest", () => {
    const world = run(
      "ExecStart=/a\nKillMode=mixed",
      { "a.service": { forks: [{ atUsec: 10, program: { ignores: [15] } }] } },
      second,
    );
    world.request("a.service", "stop");
    world.run();
    const signals = world.effects.flatMap((e) =>
      e.kind === "signal" || e.kind === "signalGroup" ? [`${e.kind} ${e.signal}`] : [],
    );
    expect(signals).toEqual(["signal 15", "signal 18", "signalGroup 9"]);
  });

  test("who ignores SIGTERM gets SIGKILL after TimeoutStopSec=, and the result says so", () => {
    const world = run("ExecStart=/a\nTimeoutStopSec=3", { "a.service": { ignores: [15] } }, second);
    world.request("a.service", "stop");
    world.run();
    expect(world.service("a.service").result).toBe("timeout");
    expect(world.stateOf("a.service")).toBe("failed failed");
    expect(world.results.at(-1)).toBe("a.service/stop done");
  });

  test("SendSIGKILL=no gives up instead", () => {
    const world = run("ExecStart=/a\nTimeoutStopSec=3\nSendSIGKILL=no", { "a.service": { ignores: [15] } }, second);
    world.request("a.service", "stop");
    world.run();
    expect(world.kernel.processes.size).toBe(1);
    expect(world.stateOf("a.service")).toBe("failed failed");
  });

  test.each([
    ["terminate", "stop-sigterm", 15],
    ["abort", "stop-watchdog", 6],
    ["kill", "stop-sigkill", 9],
  ])("TimeoutStartFailureMode=%s", (mode, state, signal) => {
    const world = new World(
      { "a.service": service(`Type=notify\nExecStart=/a\nTimeoutStartSec=1\nTimeoutStartFailureMode=${mode}`) },
      { programs: { "a.service": { dyingUsec: 400_000, ignores: [] } } },
    );
    const states: string[] = [];
    world.watch(() => states.push(world.stateOf("a.service").split(" ")[1]!));
    world.start("a.service").run();
    expect(states).toContain(state);
    const sent = world.effects.flatMap((e) => (e.kind === "signalGroup" ? [e.signal] : []));
    expect(sent[0]).toBe(signal);
    expect(world.service("a.service").result).toBe("timeout");
  });
});

describe("sd_notify(3)", () => {
  const running = (lines: string, program: Program = {}) => {
    const world = run(
      `Type=notify\nExecStart=/a\n${lines}`,
      { "a.service": { ...after(100, ["READY", "1"]), ...program } },
      second,
    );
    const { token, pid } = world.service("a.service").main!;
    const say = (...fields: [string, string][]) =>
      world.deliver({ kind: "notify", unit: "a.service", token, pid, fields });
    return { world, say };
  };

  test("STATUS, ERRNO", () => {
    const { world, say } = running("");
    say(["STATUS", "fine"], ["ERRNO", "5"]);
    expect(world.service("a.service")).toMatchObject({ statusText: "fine", statusErrno: 5 });
  });

  test("RELOADING and READY", () => {
    const { world, say } = running("");
    say(["RELOADING", "1"]);
    expect(world.stateOf("a.service")).toBe("reloading reload");
    say(["READY", "1"]);
    expect(world.stateOf("a.service")).toBe("active running");
  });

  test("STOPPING", () => {
    const { world, say } = running("");
    say(["STOPPING", "1"]);
    expect(world.stateOf("a.service")).toBe("deactivating stop-sigterm");
  });

  test("WATCHDOG=1 keeps it alive; silence does not", () => {
    const { world, say } = running("WatchdogSec=2");
    world.run(500_000);
    say(["WATCHDOG", "1"]);
    world.run(1_500_000);
    expect(world.stateOf("a.service")).toBe("active running");
    world.run();
    expect(world.service("a.service").result).toBe("watchdog");
    const first = world.effects.find((e) => e.kind === "signalGroup");
    expect(first?.kind === "signalGroup" && first.signal).toBe(6);
  });

  test("WATCHDOG=trigger, WATCHDOG_USEC", () => {
    const { world, say } = running("");
    say(["WATCHDOG_USEC", "3000000"]);
    expect(world.kernel.isArmed("a.service", "watchdog")).toBe(true);
    say(["WATCHDOG", "trigger"]);
    world.run();
    expect(world.service("a.service").result).toBe("watchdog");
  });

  test("EXTEND_TIMEOUT_USEC puts off the time-out of a start", () => {
    const notify = [{ atUsec: 2 * second, fields: [["EXTEND_TIMEOUT_USEC", String(5 * second)]] as const }];
    const world = run("Type=notify\nTimeoutStartSec=3\nExecStart=/a", { "a.service": { notify } }, 6 * second);
    expect(world.stateOf("a.service")).toBe("activating start");
    world.run(2 * second);
    expect(world.service("a.service").result).toBe("timeout");
  });

  test("MAINPID hands the service over; the old process no longer counts", () => {
    const { world } = running("NotifyAccess=all", { forks: [{ atUsec: 10, program: forever }], runsUsec: 5 * second });
    const child = world.kernel.members("a.service").find((p) => p.tokens.size === 0)!;
    world.deliver({
      kind: "notify",
      unit: "a.service",
      token: undefined,
      pid: child.pid,
      fields: [["MAINPID", String(child.pid)]],
    });
    world.run(10 * second);
    expect(world.service("a.service").main?.pid).toBe(child.pid);
    expect(world.stateOf("a.service")).toBe("active running");
  });

  test.each([
    ["none", [false, false, false]],
    ["main", [true, false, false]],
    ["exec", [true, true, false]],
    ["all", [true, true, true]],
  ])("NotifyAccess=%s", (access, heard) => {
    const lines = `Type=simple\nNotifyAccess=${access}\nExecStart=/a\nExecStartPost=/post`;
    const world = run(lines, { "a.service": forever, "a.service ExecStartPost": forever }, second);
    const { main, state } = world.service("a.service");
    const control = "control" in state ? state.control! : undefined;
    const senders = [main!, control!, { token: undefined, pid: 4242 }];
    const answers = senders.map(({ token, pid }, i) => {
      world.deliver({ kind: "notify", unit: "a.service", token, pid, fields: [["STATUS", `from ${i}`]] });
      return world.service("a.service").statusText === `from ${i}`;
    });
    expect(answers).toEqual(heard);
  });
});
