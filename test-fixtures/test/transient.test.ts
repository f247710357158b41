import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  boot,
  canBootLab,
  clone,
  eventually,
  type Instance,
  isReference,
  lacks,
  type Outcome,
  stewardctl,
} from "../src/index.ts";

const cannot = [...lacks("systemctl"), ...(canBootLab() ? [] : ["namespaces"])];
const killManager = "kill -9 $(pgrep -f '[d]ist/manager.js')";

const manager = ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"] as const;
const main = 'ExecStart "a(sasb)" 1 /bin/true 1 /bin/true false';

/** What cannot be made, and how systemd says so. */
const refusals: readonly (readonly [name: string, properties: string, words: string])[] = [
  ["refused", "0", "Invalid unit name or type."],
  ["refused.target", "0", "Unit type target does not support transient units."],
  ["refused.device", "0", "Unit type device does not support transient units."],
  ["refused@.service", `1 ${main}`, "Unit name refused@.service is missing the instance name."],
  ["refused.service", "0", "Unit refused.service has a bad unit file setting."],
  ["refused.service", `2 Nonsense s x ${main}`, "Cannot set property Nonsense, or unknown property."],
  ["refused.service", `2 Id s x ${main}`, "Cannot set property Id, or unknown property."],
  ["refused.service", `2 ActiveState s x ${main}`, "Cannot set property ActiveState, or unknown property."],
  ["refused.service", `2 Nice s x ${main}`, "Failed to set unit properties: Unexpected message contents"],
  ["refused.service", `2 Type s foo ${main}`, "Invalid Type setting: foo"],
  ["refused.service", `2 Restart s foo ${main}`, "Invalid Restart setting: foo"],
  ["refused.service", `2 CollectMode s x ${main}`, "Invalid CollectMode setting: x"],
  ["refused.service", `2 KillSignal i 99 ${main}`, "Invalid KillSignal setting: 99"],
  ["refused.service", `2 BusName s a ${main}`, "Invalid BusName setting: a"],
  ["refused.service", `2 Slice s nope ${main}`, "Invalid unit name 'nope'"],
  ["refused.service", `2 After as 1 nope ${main}`, "Invalid unit name"],
  ["refused.timer", "0", "Unit refused.timer has a bad unit file setting."],
  ["refused.socket", "0", "Unit refused.socket has a bad unit file setting."],
  ["refused.path", "0", "Unit refused.path has a bad unit file setting."],
  ["refused.scope", "1 PIDs au 1 4190000", "Process with ID 4190000 does not exist."],
  ["refused.scope", "1 PIDs au 1 1", "Process 1 is a manager process, refusing."],
  [
    "refused.scope",
    "0",
    "Unit refused.scope failed to load properly, please adjust/correct and reload service manager: No such file or directory",
  ],
];

/** Units made by a call: by the genuine systemd-run and by `stewardctl run`, with cgroups and without. */
describe.skipIf(cannot.length > 0)(`transient units${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  for (const cgroup of ["v2", "none"] as const) {
    if (isReference && cgroup === "none") continue;
    describe(`cgroups: ${cgroup}`, () => {
      let machine: Instance;
      beforeAll(async () => {
        machine = await boot({ mode: "pid1", cgroup, units: { "real.service": "[Service]\nExecStart=/bin/true\n" } });
        if (isReference) await machine.systemctl("start", "dbus.service");
      });
      afterAll(() => machine?.stop());
      const gone = (unit: string): Promise<string> =>
        eventually(
          `${unit} to be unloaded`,
          () => machine.property(unit, "LoadState"),
          (state) => state === "not-found",
        );

      for (const client of ["systemd-run", "stewardctl"] as const) {
        if (isReference && client === "stewardctl") continue;
        describe(client, () => {
          const run = (...args: readonly string[]): Promise<Outcome> =>
            client === "systemd-run" ? machine.exec("systemd-run", ...args) : machine.exec(stewardctl, "run", ...args);

          test("a service runs, is shown as transient, and goes when it has ended", async () => {
            const started = await run("-u", "one", "-p", "Nice=5", "-E", "A=%h", "/bin/sleep", "infinity");
            expect(started).toEqual({ code: 0, stdout: "", stderr: "Running as unit: one.service\n" });
            const shown = (name: string): Promise<string> => machine.property("one.service", name);
            expect(await shown("Transient")).toBe("yes");
            expect(await shown("UnitFileState")).toBe("transient");
            expect(await shown("FragmentPath")).toBe("/run/systemd/transient/one.service");
            expect(await shown("Description")).toBe("/bin/sleep infinity");
            expect(await shown("Environment")).toBe("A=%h");
            expect(await shown("Nice")).toBe("5");
            await machine.systemctl("daemon-reload");
            expect(await shown("ActiveState")).toBe("active");
            expect((await machine.systemctl("stop", "one")).code).toBe(0);
            await gone("one.service");
            expect((await machine.exec("ls", "/run/systemd/transient")).stdout).not.toMatch(/^one/m);
          });

          test("one that failed stays until it is reset, unless it is to be collected", async () => {
            await run("-u", "bad", "false");
            await eventually(
              "the failure",
              () => machine.property("bad.service", "ActiveState"),
              (state) => state === "failed",
            );
            expect((await run("-u", "bad", "true")).stderr).toBe(
              "Failed to start transient service unit: Unit bad.service was already loaded or has a fragment file.\n",
            );
            await machine.systemctl("reset-failed", "bad");
            await gone("bad.service");
            await run("-u", "bad", "-G", "false");
            await gone("bad.service");
          });

          test("a scope lives with its processes", async () => {
            const inside = await run(
              "--scope",
              "-q",
              "-u",
              "here",
              "sh",
              "-c",
              "systemctl show -P SubState here.scope; exit 7",
            );
            expect(inside).toMatchObject({ code: 7, stdout: "running\n" });
            await gone("here.scope");
            const ended = await run(
              "--scope",
              "-q",
              "-u",
              "brief",
              "-p",
              "RuntimeMaxSec=300ms",
              "sh",
              "-c",
              "sleep 1000 & wait",
            );
            expect(ended.code).not.toBe(0);
            await eventually(
              "the end of the scope",
              () => machine.property("brief.scope", "Result"),
              (result) => result === "timeout",
            );
            expect((await machine.sh("pgrep -f '[s]leep 1000'")).stdout).toBe("");
            await machine.systemctl("reset-failed", "brief.scope");
            await gone("brief.scope");
          });

          test("what cannot be is refused in systemd's words", async () => {
            const says = async (...args: readonly string[]): Promise<string> => (await run(...args)).stderr.trim();
            expect(await says("-u", "real", "true")).toBe(
              "Failed to start transient service unit: Unit real.service was already loaded or has a fragment file.",
            );
            expect(await says("-p", "Nonsense=1", "true")).toBe("Unknown assignment: Nonsense=1");
            expect(await says("/not/here")).toBe("Failed to find executable /not/here: No such file or directory");
            expect(await says("--slice=a--b", "true")).not.toBe("");
          });
        });
      }

      test.each(refusals)("StartTransientUnit %s %s", async (name, properties, words) => {
        // The genuine one takes such calls of busctl on the bus alone.
        const address = isReference ? [] : ["--address=unix:path=/run/systemd/private"];
        const call = [...address, "call", ...manager, "StartTransientUnit"];
        const { code, stderr } = await machine.sh(
          `busctl ${call.join(" ")} 'ssa(sv)a(sa(sv))' ${name} fail ${properties} 0`,
        );
        expect(stderr).toContain(`Call failed: ${words}`);
        expect(code).toBe(1);
        await eventually(
          "nothing to be left of it",
          async () => (await machine.sh("ls /run/systemd/transient | grep ^refused")).stdout,
          (left) => left === "",
        );
      });

      for (const client of ["systemctl", "stewardctl"] as const)
        test(`set-property of ${client} writes a drop-in, until the next boot or for good, or beside a transient unit's file`, async () => {
          if (isReference && client === "stewardctl") return;
          await machine.exec("systemd-run", "-u", "set", "sleep", "infinity");
          expect((await machine[client]("set-property", "set", "TasksMax=7")).code).toBe(0);
          expect(
            (await machine[client]("set-property", "--runtime", "real", "CPUWeight=200", "DeviceAllow=/dev/null rw"))
              .code,
          ).toBe(0);
          expect((await machine[client]("set-property", "real", "MemoryMax=1G")).code).toBe(0);
          const text = async (path: string): Promise<string> =>
            (await machine.exec("cat", path)).stdout.replace(/\n+$/, "");
          const head =
            '# This is a drop-in unit file extension, created via "systemctl set-property"\n# or an equivalent operation. Do not edit.\n[Service]\n';
          expect(await text("/run/systemd/transient/set.service.d/50-TasksMax.conf")).toBe(`${head}TasksMax=7`);
          const runtime = "/run/systemd/system.control/real.service.d";
          expect(await text(`${runtime}/50-CPUWeight.conf`)).toBe(`${head}CPUWeight=200`);
          expect(await text(`${runtime}/50-DeviceAllow.conf`)).toBe(`${head}DeviceAllow=\nDeviceAllow=/dev/null rw`);
          expect(await text("/etc/systemd/system.control/real.service.d/50-MemoryMax.conf")).toBe(
            `${head}MemoryMax=1073741824`,
          );
          expect(await machine.property("real.service", "CPUWeight")).toBe("200");
          expect(await machine.property("set.service", "TasksMax")).toBe("7");
          expect((await machine[client]("set-property", "real", "Nice=5")).stderr).toBe(
            "Failed to set unit properties on real.service: Cannot set property Nice, or unknown property.\n",
          );
          expect((await machine[client]("set-property", "--runtime", "real", "CPUWeight=")).code).toBe(0);
          expect(await text(`${runtime}/50-CPUWeight.conf`)).toBe(`${head}CPUWeight=`);
          await machine.systemctl("revert", "real");
          await machine.systemctl("stop", "set");
          await gone("set.service");
          expect((await machine.exec("ls", "/run/systemd/transient")).stdout).not.toContain("set.service");
        });

      if (isReference) return;

      test("a timer brings its service along, and both go when it has elapsed", async () => {
        const started = await machine.stewardctl(
          ..."run -u tick --on-active=200ms --timer-property=AccuracySec=10ms touch /run/ticked".split(" "),
        );
        expect(started.stderr).toBe("Running timer as unit: tick.timer\nWill run service as unit: tick.service\n");
        await eventually(
          "the service",
          async () => (await machine.exec("ls", "/run/ticked")).code,
          (code) => code === 0,
        );
        await gone("tick.timer");
        await gone("tick.service");
      });

      test("a mount, as systemd-mount makes it", async () => {
        await machine.sh("mkdir -p /run/here");
        const props = "2 What s tmpfs Type s tmpfs";
        const call = await machine.sh(
          `busctl --address=unix:path=/run/systemd/private call ${manager.join(" ")} StartTransientUnit 'ssa(sv)a(sa(sv))' run-here.mount fail ${props} 0`,
        );
        expect(call.code).toBe(0);
        await eventually(
          "the mount",
          async () => (await machine.exec("grep", "-c", " /run/here ", "/proc/self/mountinfo")).stdout.trim(),
          (count) => count === "1",
        );
        expect(await machine.property("run-here.mount", "Transient")).toBe("yes");
        expect((await machine.systemctl("stop", "run-here.mount")).code).toBe(0);
        await gone("run-here.mount");
      });

      test("--wait tells how it ended", async () => {
        const { code, stderr } = await machine.stewardctl("run", "--wait", "sh", "-c", "exit 3");
        expect(code).toBe(3);
        expect(stderr).toMatch(
          /^Running as unit: run-r[0-9a-f]{32}\.service\nFinished with result: exit-code\nMain processes terminated with: code=exited\/status=3\nService runtime: /,
        );
        await machine.systemctl("reset-failed");
      });

      test("--pipe gives the streams over, --pty makes a terminal", async () => {
        expect(
          await machine.sh(`printf abc | ${stewardctl} run -q --pipe sh -c 'tr a-z A-Z; echo e >&2; exit 4'`),
        ).toEqual({
          code: 4,
          stdout: "ABC",
          stderr: "e\n",
        });
        const { code, stdout } = await machine.sh(`${stewardctl} run -q --pty sh -c 'tty; exit 5' </dev/null`);
        expect(code).toBe(5);
        expect(stdout).toMatch(/^\/dev\/pts\/\d+\r\n$/);
        await machine.systemctl("reset-failed");
      });

      test("the manager dies, and nothing that a call made is lost", async () => {
        await machine.stewardctl("run", "-u", "kept", "sleep", "infinity");
        const scope = machine.start(stewardctl, "run", "--scope", "-u", "held", "sleep", "infinity");
        await eventually(
          "the scope",
          () => machine.property("held.scope", "ActiveState"),
          (state) => state === "active",
        );
        await machine.sh("mkfifo /run/go");
        const waiting = machine.sh(
          `(echo one; read line </run/go; echo two) | ${stewardctl} run -q --wait --pipe -u piped sh -c 'read a; echo $a; read b; echo $b; exit 6'`,
        );
        await eventually(
          "the piped service",
          () => machine.property("piped.service", "ActiveState"),
          (state) => state === "active",
        );
        const pid = await machine.property("kept.service", "MainPID");
        await machine.sh(killManager);
        await machine.sh("echo >/run/go");
        expect(await waiting).toMatchObject({ code: 6, stdout: "one\ntwo\n" });
        expect(await machine.property("kept.service", "MainPID")).toBe(pid);
        expect(await machine.property("held.scope", "SubState")).toBe("running");
        expect((await machine.systemctl("stop", "held.scope", "kept.service")).code).toBe(0);
        await gone("held.scope");
        await gone("kept.service");
        scope.kill();
      });

      test("processes can be given to a unit that looks after them itself, and to no other", async () => {
        const scope = machine.start(
          stewardctl,
          "run",
          "--scope",
          "-u",
          "host",
          "-p",
          "Delegate=yes",
          "sleep",
          "infinity",
        );
        await machine.stewardctl("run", "-u", "plain", "sleep", "infinity");
        await eventually(
          "the scope",
          () => machine.property("host.scope", "ActiveState"),
          (state) => state === "active",
        );
        const given = machine.start("sleep", "4711");
        const pid = await eventually(
          "a process of ours",
          async () => (await machine.sh("pgrep -f '^[s]leep 4711'")).stdout.trim(),
          (found) => found !== "",
        );
        const attach = (unit: string, process: string): Promise<Outcome> =>
          machine.sh(
            `busctl --address=unix:path=/run/systemd/private call ${manager.join(" ")} AttachProcessesToUnit ssau ${unit} / 1 ${process}`,
          );
        expect((await attach("plain.service", pid)).stderr).toContain("not available on non-delegated units");
        expect((await attach("host.scope", "1")).stderr).toContain("Process 1 is a manager process, refusing.");
        expect(await attach("host.scope", pid)).toMatchObject({ code: 0 });
        await eventually(
          "the process in the scope",
          async () => (await machine.systemctl("status", "host.scope")).stdout,
          (text) => text.includes("sleep 4711"),
        );
        expect((await machine.systemctl("stop", "host.scope", "plain")).code).toBe(0);
        expect((await machine.sh("pgrep -f '^[s]leep 4711'")).stdout).toBe("");
        await gone("host.scope");
        scope.kill();
        given.kill();
      });
    });
  }
});

const owner = `${process.execPath} --conditions=source ${clone}/test-fixtures/programs/own-name.ts`;
const dbusDaemon = "dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only";
const noBus = [...cannot, ...(isReference ? ["steward"] : [])];

/** org.freedesktop.systemd1 on the system bus, with a dbus-daemon that is a unit itself. */
describe.skipIf(noBus.length > 0)(`on the message bus${noBus.length > 0 ? ` (lacks ${noBus})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({
      mode: "pid1",
      units: {
        "dbus.socket": "[Socket]\nListenStream=/run/dbus/system_bus_socket\n",
        "dbus.service": `[Unit]\nRequires=dbus.socket\n[Service]\nType=notify\nNotifyAccess=main\nExecStart=${dbusDaemon}\n`,
        // Root may own this name, by the policy that systemd's package brings.
        "named.service": `[Service]\nType=dbus\nBusName=org.freedesktop.hostname1\nTimeoutStartSec=20\nExecStart=${owner} org.freedesktop.hostname1\n`,
      },
    });
    await machine.systemctl("start", "dbus.socket", "dbus.service");
    await eventually(
      "the name",
      async () => (await machine.exec("busctl", "status", "org.freedesktop.systemd1")).code,
      (code) => code === 0,
    );
  });
  afterAll(() => machine?.stop());
  const asNobody = (...words: readonly string[]): Promise<Outcome> =>
    machine.exec("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", ...words);

  test("systemd-run waits, and gives its streams over", async () => {
    expect(await machine.sh("echo abc | systemd-run -q --wait --pipe sh -c 'tr a-z A-Z; exit 3'")).toMatchObject({
      code: 3,
      stdout: "ABC\n",
    });
  });

  test("anybody may look, and only root may change", async () => {
    expect((await asNobody("systemctl", "show", "-P", "ActiveState", "dbus")).stdout).toBe("active\n");
    expect((await asNobody("systemctl", "stop", "dbus")).stderr).toContain("Interactive authentication required.");
    expect((await asNobody("systemd-run", "true")).stderr).toBe(
      "Failed to start transient service unit: Interactive authentication required.\n",
    );
    expect((await asNobody("systemctl", "set-environment", "A=1")).stderr).toContain("Access denied");
    expect(await machine.property("dbus.service", "ActiveState")).toBe("active");
  });

  test("clients on the bus outlive the manager's death", async () => {
    await machine.sh("mkfifo /run/late");
    const waiting = machine.exec("systemd-run", "--wait", "-u", "outlives", "sh", "-c", "read line </run/late; exit 5");
    await eventually(
      "the service",
      () => machine.property("outlives.service", "ActiveState"),
      (state) => state === "active",
    );
    await machine.sh(killManager);
    await eventually(
      "the name",
      async () => (await machine.exec("busctl", "status", "org.freedesktop.systemd1")).code,
      (code) => code === 0,
    );
    await machine.sh("echo >/run/late");
    const { code, stderr } = await waiting;
    expect(code).toBe(5);
    expect(stderr).toContain("Finished with result: exit-code");
  });

  test("a bus that is started anew is joined anew", async () => {
    await machine.systemctl("restart", "dbus.service");
    await eventually(
      "the name",
      async () => (await machine.exec("busctl", "status", "org.freedesktop.systemd1")).code,
      (code) => code === 0,
    );
  });

  test("a name that nobody owns starts the service that says it will", async () => {
    const call = "busctl call org.freedesktop.hostname1 /org/freedesktop/hostname1 org.freedesktop.DBus.Peer Ping";
    // The genuine activation file names dbus-org.freedesktop.hostname1.service.
    await machine.sh("ln -s named.service /etc/systemd/system/dbus-org.freedesktop.hostname1.service");
    await machine.systemctl("daemon-reload");
    await machine.sh(call);
    await eventually(
      "the service",
      () => machine.property("named.service", "ActiveState"),
      (state) => state === "active",
    );
    await machine.systemctl("stop", "named.service");
  });

  test("a service of Type=dbus is up when its name is there", async () => {
    expect(await machine.systemctl("start", "named.service")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await machine.property("named.service", "SubState")).toBe("running");
    await machine.systemctl("stop", "named.service");
  });
});
