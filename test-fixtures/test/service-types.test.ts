import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, lacks, programs } from "../src/index.ts";

const cannot = [...lacks("systemctl", "journalctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];
const unit = (lines: readonly string[]): string => `[Service]\n${lines.join("\n")}\n`;

/** Each Type=, its messages and its commands, with real processes. */
describe.skipIf(cannot.length > 0)(`service types${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  const units = (puppet: string): Record<string, string> => ({
    "exec.service": unit(["Type=exec", `ExecStart=${puppet} wait`]),
    "exec-missing.service": unit(["Type=exec", "ExecStart=/nonexistent/program"]),
    "forking.service": unit(["Type=forking", `ExecStart=${puppet} daemonize wait`]),
    "forking-pid.service": unit([
      "Type=forking",
      "PIDFile=/run/forking-pid.pid",
      `ExecStart=${puppet} { daemonize wait } daemonize pidfile=/run/forking-pid.pid wait`,
    ]),
    "oneshot.service": unit([
      "Type=oneshot",
      "RemainAfterExit=yes",
      "ExecStart=/bin/true",
      `ExecStart=${puppet} append=/run/order:second`,
    ]),
    "notify.service": unit([
      "Type=notify",
      `ExecStart=${puppet} notify=STATUS=warming until=/run/go "notify=READY=1\\\\nSTATUS=hot" on=1:RELOADING=1\\\\nMONOTONIC_USEC=%%t wait`,
    ]),
    "notify-main.service": unit([
      "Type=notify",
      "NotifyAccess=all",
      `ExecStart=${puppet} { "notify=MAINPID=%%p\\\\nREADY=1" barrier wait } wait`,
    ]),
    "notify-dies.service": unit(["Type=notify", `ExecStart=${puppet} exit=3`]),
    "notify-slow.service": unit(["Type=notify", "TimeoutStartSec=200ms", `ExecStart=${puppet} wait`]),
    "extend.service": unit([
      "Type=notify",
      "TimeoutStartSec=300ms",
      `ExecStart=${puppet} notify=EXTEND_TIMEOUT_USEC=20000000 sleep=600 notify=READY=1 wait`,
    ]),
    "watchdog.service": unit([
      "Type=notify",
      "WatchdogSec=300ms",
      `ExecStart=${puppet} notify=READY=1 watchdog=3 wait`,
    ]),
    "chain.service": unit([
      `ExecStartPre=${puppet} append=/run/chain:pre`,
      "ExecStartPre=-/bin/false",
      `ExecStart=${puppet} append=/run/chain:main wait`,
      `ExecStartPost=${puppet} append=/run/chain:post`,
      `ExecReload=${puppet} append=/run/chain:reload`,
      `ExecStop=${puppet} append=/run/chain:stop`,
      `ExecStopPost=${puppet} append=/run/chain:stop-post`,
    ]),
    "pre-fails.service": unit([
      `ExecStartPre=${puppet} exit=7`,
      `ExecStart=${puppet} wait`,
      `ExecStopPost=${puppet} append=/run/pre-fails:stop-post`,
    ]),
    "condition.service": unit([`ExecCondition=${puppet} exit=1`, `ExecStart=${puppet} wait`]),
    "condition-bad.service": unit([`ExecCondition=${puppet} exit=255`, `ExecStart=${puppet} wait`]),
    "stubborn.service": unit(["TimeoutStopSec=300ms", `ExecStart=${puppet} ignore=15 wait`]),
    "success.service": unit(["SuccessExitStatus=42", `ExecStart=${puppet} exit=42`]),
    "prevent.service": unit(["Restart=always", "RestartPreventExitStatus=9", `ExecStart=${puppet} exit=9`]),
    "identity.service": unit([
      "Type=oneshot",
      "User=nobody",
      "SupplementaryGroups=adm",
      "UMask=0027",
      "Nice=5",
      "OOMScoreAdjust=100",
      "LimitNOFILE=1000:2000",
      "LimitCORE=0",
      "WorkingDirectory=/usr",
      "NoNewPrivileges=yes",
      "Environment=A=1 'B=two words' C=%n",
      "EnvironmentFile=/etc/identity.env",
      "EnvironmentFile=-/etc/nothere.env",
      "StandardOutput=truncate:/run/identity.json",
      `ExecStart=${puppet} ids`,
    ]),
    "/etc/identity.env": '# comment\nD=from file\nE="quoted \\"word\\""\n',
    "expand@.service": unit([
      "Type=oneshot",
      'Environment="WORDS=one two" EMPTY=',
      `ExecStart=${puppet} append=/run/expand:%i append=/run/expand:\${WORDS} append=/run/expand:$$HOME append=/run/expand:%%`,
    ]),
    "ident.service": unit([
      "Type=oneshot",
      "SyslogIdentifier=somebody",
      `ExecStart=${puppet} say=<4>careful say=plain err=wrong`,
    ]),
    "runtime.service": unit(["RuntimeMaxSec=200ms", `ExecStart=${puppet} wait`]),
  });
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units: units(`${programs()}/puppet`) });
  });
  afterAll(() => machine?.stop());

  const start = (name: string) => machine.systemctl("start", name);
  const show = async (name: string, property: string) =>
    (await machine.systemctl("show", "-P", property, name)).stdout.trim();
  const becomes = (name: string, property: string, value: string) =>
    eventually(
      `${name} ${property}=${value}`,
      () => show(name, property),
      (now) => now === value,
    );
  const read = async (path: string) => (await machine.exec("cat", path)).stdout;

  test("exec", async () => {
    expect((await start("exec.service")).code).toBe(0);
    expect(await show("exec.service", "SubState")).toBe("running");
    expect((await start("exec-missing.service")).code).toBe(1);
    expect(await show("exec-missing.service", "ExecMainStatus")).toBe("203");
  });

  test("forking: the main process is found, with and without a PID file", async () => {
    for (const name of ["forking.service", "forking-pid.service"]) {
      expect((await start(name)).code).toBe(0);
      expect(await show(name, "SubState")).toBe("running");
      const pid = await show(name, "MainPID");
      expect((await machine.exec("cat", `/proc/${pid}/comm`)).stdout).toBe("puppet\n");
    }
    expect(await show("forking-pid.service", "MainPID")).toBe((await read("/run/forking-pid.pid")).trim());
    for (const name of ["forking.service", "forking-pid.service"]) {
      const pids = (await show(name, "MainPID")).split("\n");
      expect((await machine.systemctl("stop", name)).code).toBe(0);
      for (const pid of pids) expect((await machine.sh(`test -e /proc/${pid}`)).code).toBe(1);
    }
    expect((await machine.sh("test -e /run/forking-pid.pid")).code).toBe(1);
  });

  test("forking: kill of the main process is noticed", async () => {
    await start("forking.service");
    await machine.exec("kill", "-9", await show("forking.service", "MainPID"));
    await becomes("forking.service", "ActiveState", "failed");
    expect(await show("forking.service", "Result")).toBe("signal");
  });

  test("oneshot with several commands", async () => {
    expect((await start("oneshot.service")).code).toBe(0);
    expect(await show("oneshot.service", "SubState")).toBe("exited");
    expect(await read("/run/order")).toBe("second\n");
  });

  test("notify: READY, STATUS, RELOADING", async () => {
    const starting = start("notify.service");
    await becomes("notify.service", "StatusText", "warming");
    expect(await show("notify.service", "ActiveState")).toBe("activating");
    await machine.exec("touch", "/run/go");
    expect((await starting).code).toBe(0);
    expect(await show("notify.service", "StatusText")).toBe("hot");
    expect(await show("notify.service", "SubState")).toBe("running");
    await machine.exec("kill", "-HUP", await show("notify.service", "MainPID"));
    await becomes("notify.service", "ActiveState", "reloading");
    await machine.systemctl("kill", "-s", "KILL", "notify.service");
  });

  test("notify: MAINPID and BARRIER", async () => {
    expect((await start("notify-main.service")).code).toBe(0);
    const pid = await show("notify-main.service", "MainPID");
    const parent = (await machine.sh(`awk '/^PPid/{print $2}' /proc/${pid}/status`)).stdout.trim();
    expect((await machine.exec("cat", `/proc/${parent}/comm`)).stdout).toBe("puppet\n");
  });

  test("notify: ends before READY, and never says READY", async () => {
    expect((await start("notify-dies.service")).code).toBe(1);
    expect(await show("notify-dies.service", "Result")).toBe("exit-code");
    expect((await start("notify-slow.service")).code).toBe(1);
    expect(await show("notify-slow.service", "Result")).toBe("timeout");
  });

  test("notify: EXTEND_TIMEOUT_USEC", async () => {
    expect((await start("extend.service")).code).toBe(0);
  });

  test("watchdog: a service that falls silent is ended", async () => {
    expect((await start("watchdog.service")).code).toBe(0);
    await becomes("watchdog.service", "ActiveState", "failed");
    expect(await show("watchdog.service", "Result")).toBe("watchdog");
  });

  test("the commands around the main one, in order", async () => {
    await start("chain.service");
    await machine.systemctl("reload", "chain.service");
    await machine.systemctl("stop", "chain.service");
    const steps = (await read("/run/chain")).trim().split("\n");
    // post runs beside main: their order is nobody's promise
    expect(steps.slice(0, 1)).toEqual(["pre"]);
    expect(steps.slice(1, 3).sort()).toEqual(["main", "post"]);
    expect(steps.slice(3)).toEqual(["reload", "stop", "stop-post"]);
  });

  test("a failing ExecStartPre", async () => {
    expect((await start("pre-fails.service")).code).toBe(1);
    expect(await show("pre-fails.service", "Result")).toBe("exit-code");
    expect(await read("/run/pre-fails")).toBe("stop-post\n");
  });

  test("ExecCondition", async () => {
    expect((await start("condition.service")).code).toBe(0);
    expect(await show("condition.service", "ActiveState")).toBe("inactive");
    expect((await start("condition-bad.service")).code).toBe(1);
    expect(await show("condition-bad.service", "ActiveState")).toBe("failed");
  });

  test("a service that ignores SIGTERM is killed after TimeoutStopSec", async () => {
    await start("stubborn.service");
    const pid = await show("stubborn.service", "MainPID");
    await eventually(
      "SIGTERM ignored",
      async () => (await machine.sh(`grep SigIgn /proc/${pid}/status`)).stdout,
      (text) => /[4567cdef]...$/.test(text.trim()),
    );
    expect((await machine.systemctl("stop", "stubborn.service")).code).toBe(0);
    expect(await show("stubborn.service", "Result")).toBe("timeout");
    expect(await show("stubborn.service", "ActiveState")).toBe("failed");
  });

  test("SuccessExitStatus and RestartPreventExitStatus", async () => {
    await start("success.service");
    await becomes("success.service", "ActiveState", "inactive");
    expect(await show("success.service", "Result")).toBe("success");
    await start("prevent.service");
    await becomes("prevent.service", "ActiveState", "failed");
    expect(await show("prevent.service", "NRestarts")).toBe("0");
  });

  test("identity, limits and environment", async () => {
    expect((await start("identity.service")).code).toBe(0);
    const ids = JSON.parse(await read("/run/identity.json"));
    expect(ids).toMatchObject({
      uid: [65534, 65534, 65534],
      gid: [65534, 65534, 65534],
      umask: 0o27,
      nice: 5,
      noNewPrivs: 1,
      oomScoreAdjust: 100,
      cwd: "/usr",
    });
    expect(ids.groups).toContain(4);
    expect(ids.limits.nofile).toEqual([1000, 2000]);
    expect(ids.limits.core).toEqual([0, 0]);
    expect(ids.env).toMatchObject({
      A: "1",
      B: "two words",
      C: "identity.service",
      D: "from file",
      E: 'quoted "word"',
    });
    expect(ids.env).toMatchObject({
      USER: "nobody",
      LOGNAME: "nobody",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    });
    expect(ids.env.INVOCATION_ID).toMatch(/^[0-9a-f]{32}$/);
    expect(ids.env.SYSTEMD_EXEC_PID).toBe(String(ids.pid));
    expect(ids.sid).toBe(ids.pid);
  });

  test("templates, specifiers and variables", async () => {
    expect((await start("expand@red.service")).code).toBe(0);
    expect(await read("/run/expand")).toBe("red\none two\n$HOME\n%\n");
  });

  test("SyslogIdentifier and level prefixes", async () => {
    await start("ident.service");
    const entries = await eventually(
      "three lines",
      async () =>
        (await machine.journalctl("-t", "somebody", "-o", "json")).stdout
          .trim()
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      (lines) => lines.length === 3,
    );
    expect(entries.map((entry) => [entry.MESSAGE, entry.PRIORITY])).toEqual(
      expect.arrayContaining([
        ["careful", "4"],
        ["plain", "6"],
        ["wrong", "6"],
      ]),
    );
  });

  test("RuntimeMaxSec", async () => {
    await start("runtime.service");
    await becomes("runtime.service", "ActiveState", "failed");
    expect(await show("runtime.service", "Result")).toBe("timeout");
  });
});
