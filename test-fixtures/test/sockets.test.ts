import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks, programs } from "../src/index.ts";

const cannot = [...lacks("systemctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];
const socket = (...lines: readonly string[]): string => `[Socket]\n${lines.join("\n")}\n`;
const service = (...lines: readonly string[]): string => `[Service]\n${lines.join("\n")}\n`;

const units = (puppet: string): Record<string, string> => ({
  "two.socket": socket("ListenStream=/run/two", "ListenFIFO=/run/two-fifo", "FileDescriptorName=two"),
  "more.socket": socket("ListenDatagram=/run/more", "Service=two.service"),
  "two.service": `[Unit]\nWants=more.socket\nStartLimitIntervalSec=0\n${service(`ExecStart=${puppet} list-fds=/run/two-fds serve`)}`,
  "echo.socket": socket("ListenStream=/run/echo", "Accept=yes", "MaxConnections=2"),
  "echo@.service": `[Unit]\nDescription=Echo %i\n[Service]\nExecStart=/bin/sh -c 'env >/run/echo-env; exec cat'\nStandardInput=socket\n`,
  "net.socket": socket("ListenStream=127.0.0.1:4601", "Accept=yes", "MaxConnectionsPerSource=1"),
  "net@.service": service(
    "ExecStart=/bin/sh -c 'echo $REMOTE_ADDR $REMOTE_PORT; echo $LISTEN_FDNAMES >&2; cat'",
    "StandardInput=socket",
    "StandardError=file:/run/net-err",
  ),
  "tidy.socket": socket(
    "ListenStream=/run/tidy/a/b",
    "SocketUser=nobody",
    "SocketMode=0600",
    "DirectoryMode=0711",
    "Symlinks=/run/tidy/link",
    "RemoveOnStop=yes",
    `ExecStartPre=${puppet} append=/run/order:pre`,
    `ExecStartPost=${puppet} append=/run/order:post`,
    `ExecStopPre=${puppet} append=/run/order:stop-pre`,
    `ExecStopPost=${puppet} append=/run/order:stop-post`,
  ),
  "tidy.service": service(`ExecStart=${puppet} serve`),
  "idle.socket": socket("ListenStream=/run/idle", "TriggerLimitBurst=3"),
  "idle.service": `[Unit]\nStartLimitIntervalSec=0\n${service("ExecStart=/bin/true")}`,
  "broken.socket": socket("ListenStream=/run/broken"),
  "broken.service": `[Unit]\nStartLimitBurst=2\n${service("ExecStart=/bin/false")}`,
  "nobody.socket": socket("ListenStream=/run/nobody", "SocketUser=nosuchuser"),
  "nobody.service": service("ExecStart=/bin/true"),
  "taken.socket": socket("ListenStream=192.0.2.1:1"),
  "taken.service": service("ExecStart=/bin/true"),
  "pre.socket": socket("ListenStream=/run/pre", "ExecStartPre=/bin/false"),
  "pre.service": service("ExecStart=/bin/true"),
  "apart.socket": socket("ListenStream=/run/apart"),
  "apart.service": service("ExecStart=/bin/true"),
  "lists.service": service(`ExecStart=${puppet} list-fds=/run/apart-fds serve`, "Sockets=apart.socket"),
  "late.socket": socket("ListenStream=/run/late"),
  "late.service": service(`ExecStart=${puppet} wait`),
});

describe.skipIf(cannot.length > 0).each(isReference ? (["v2"] as const) : (["v2", "none"] as const))(
  `socket units${cannot.length > 0 ? ` (lacks ${cannot})` : ""} (cgroup: %s)`,
  (cgroup) => {
    const puppet = `${programs()}/puppet`;
    let machine: Instance;
    beforeAll(async () => {
      machine = await boot({ mode: "pid1", units: units(puppet), cgroup });
    }, 90_000);
    afterAll(() => machine.stop());

    const file = async (path: string): Promise<string> => (await machine.sh(`cat ${path} 2>/dev/null`)).stdout;
    const show = async (unit: string, ...names: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await machine.systemctl("show", unit, ...names.map((name) => `--property=${name}`));
      const values = new Map(
        stdout.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
      return names.map((name) => values.get(name) ?? "");
    };
    const becomes = (unit: string, name: string, wanted: string): Promise<unknown> =>
      eventually(
        `${name}=${wanted} of ${unit}`,
        () => show(unit, name),
        ([value]) => value === wanted,
      );
    /** Asks a service who answers; the answer is its pid. */
    const call = async (path: string): Promise<string> =>
      (await machine.sh(`rm -f /run/answer; ${puppet} call=${path}:/run/answer; cat /run/answer`)).stdout.trim();
    const killManager = (): Promise<unknown> => machine.sh("kill -9 $(pgrep -f '[d]ist/manager.js')");

    test("the first who knocks starts the service, which gets all sockets of all its units", async () => {
      expect(await machine.systemctl("start", "two.socket", "more.socket")).toMatchObject({ code: 0 });
      expect(await show("two.socket", "ActiveState", "SubState")).toEqual(["active", "listening"]);
      const [state, triggers = ""] = await show("two.service", "ActiveState", "TriggeredBy");
      expect([state, triggers.split(" ").sort()]).toEqual(["inactive", ["more.socket", "two.socket"]]);
      const pid = await call("/run/two");
      expect(await show("two.service", "MainPID", "ActiveState")).toEqual([pid, "active"]);
      expect(await show("two.socket", "SubState")).toEqual(["running"]);
      const [line = ""] = (await file("/run/two-fds")).trim().split("\n");
      const [count, names = "", ...paths] = line.split(" ");
      expect(count).toBe("3");
      // Between units systemd promises no order.
      expect([...names.split(":")].sort()).toEqual(["more.socket", "two", "two"]);
      expect(paths).toContain("/run/two-fifo");
    });

    test("the socket stays open while its service is restarted: nobody is refused", async () => {
      const calls = `for i in $(seq 40); do ${puppet} call=/run/two:/run/answers; done`;
      await machine.sh("rm -f /run/answers");
      await machine.sh(`(${calls}) & for i in 1 2 3; do systemctl restart two.service; done; wait`);
      const answers = (await file("/run/answers")).trim().split("\n");
      // A service that is ended may leave the one that it has just let in without an answer, but nobody is turned away.
      expect(answers.length).toBeGreaterThan(30);
      expect(answers.filter((answer) => !/^\d+$/.test(answer))).toEqual([]);
    });

    test("a stopped service is started again by the next who knocks", async () => {
      await machine.systemctl("stop", "two.service");
      await becomes("two.socket", "SubState", "listening");
      expect(await call("/run/two")).toMatch(/^\d+$/);
      await becomes("two.socket", "SubState", "running");
    });

    test("Accept=yes: each connection has a service of its own, and no more than allowed", async () => {
      await machine.systemctl("start", "echo.socket");
      await machine.sh("touch /run/hold");
      const held = [1, 2].map(() => machine.start(puppet, "hold=/run/echo:/run/hold"));
      await becomes("echo.socket", "NConnections", "2");
      const { stdout } = await machine.systemctl("list-units", "--no-legend", "--plain", "echo@*");
      const rows = stdout
        .trim()
        .split("\n")
        .map((row) => row.trim().split(/\s+/));
      expect(rows.map(([name]) => name?.replace(/-\d+-0/, "-PID-0"))).toEqual([
        "echo@0-PID-0.service",
        "echo@1-PID-0.service",
      ]);
      const [first = ""] = rows[0] ?? [];
      const [pid = ""] = /-(\d+)-/.exec(first)?.slice(1) ?? [];
      expect(await show(first, "Description", "TriggeredBy", "ActiveState")).toEqual([
        `Echo 0-${pid}-0 (PID ${pid}/UID 0)`,
        "echo.socket",
        "active",
      ]);
      await machine.sh(`${puppet} call=/run/echo:/run/too-many`);
      expect(await show("echo.socket", "NAccepted", "NConnections", "NRefused")).toEqual(["2", "2", "1"]);
      await machine.sh("rm /run/hold");
      for (const client of held) client.kill();
      await becomes("echo.socket", "NConnections", "0");
      await eventually(
        "their services to be forgotten",
        async () => (await machine.systemctl("list-units", "--all", "--no-legend", "echo@*")).stdout.trim(),
        (text) => text === "",
      );
    });

    test("a service of a TCP connection knows who is there; MaxConnectionsPerSource= counts addresses", async () => {
      await machine.systemctl("start", "net.socket");
      const script = `exec 3<>/dev/tcp/127.0.0.1/4601; read -r line <&3; echo "$line"; exec 4<>/dev/tcp/127.0.0.1/4601; cat <&4 >/run/second; echo "$(cat /run/second | wc -c)"`;
      const { stdout } = await machine.exec("bash", "-c", script);
      const [known, second] = stdout.trim().split("\n");
      expect(known).toMatch(/^127\.0\.0\.1 \d+$/);
      expect(second).toBe("0");
      expect(await show("net.socket", "NAccepted", "NRefused")).toEqual(["1", "1"]);
    });

    test("nodes, owners, modes, links and commands, and all of it away again", async () => {
      await machine.systemctl("start", "tidy.socket");
      const { stdout } = await machine.sh(
        "stat -c '%U %a' /run/tidy/a/b; stat -c %a /run/tidy/a; readlink /run/tidy/link",
      );
      expect(stdout).toBe("nobody 600\n711\n/run/tidy/a/b\n");
      expect(await file("/run/order")).toBe("pre\npost\n");
      expect(await machine.systemctl("stop", "tidy.socket")).toMatchObject({ code: 0 });
      expect(await file("/run/order")).toBe("pre\npost\nstop-pre\nstop-post\n");
      expect((await machine.sh("ls /run/tidy/a; ls /run/tidy")).stdout).toBe("a\n");
      expect(await show("tidy.socket", "Result", "SubState")).toEqual(["success", "dead"]);
    });

    test.each([
      ["nobody.socket", "exit-code"],
      ["taken.socket", "resources"],
      ["pre.socket", "exit-code"],
    ])("%s cannot be started: %s", async (unit, result) => {
      expect((await machine.systemctl("start", unit)).code).toBe(1);
      expect(await show(unit, "ActiveState", "SubState", "Result")).toEqual(["failed", "failed", result]);
    });

    test.each([
      ["idle", "trigger-limit-hit"],
      ["broken", "service-start-limit-hit"],
    ])("%s: a service that lets nobody in is not started for ever: %s", async (name, result) => {
      await machine.systemctl("start", `${name}.socket`);
      await machine.sh(`${puppet} call=/run/${name}:/run/nothing`);
      await becomes(`${name}.socket`, "Result", result);
      expect(await show(`${name}.socket`, "ActiveState")).toEqual(["failed"]);
      await machine.systemctl("reset-failed", `${name}.socket`, `${name}.service`);
      expect(await show(`${name}.socket`, "ActiveState", "Result")).toEqual(["inactive", "success"]);
    });

    test("a socket whose service runs is not started", async () => {
      await machine.systemctl("start", "late.service");
      expect((await machine.systemctl("start", "late.socket")).code).toBe(1);
      await machine.systemctl("stop", "late.service");
      expect((await machine.systemctl("start", "late.socket")).code).toBe(0);
    });

    test("Sockets= brings a socket unit of another name, and its sockets", async () => {
      expect((await machine.systemctl("start", "lists.service")).code).toBe(0);
      expect(await show("apart.socket", "ActiveState")).toEqual(["active"]);
      const lines = await eventually(
        "the list of descriptors",
        () => file("/run/apart-fds"),
        (text) => text.endsWith("\n"),
      );
      expect(lines.trim()).toBe("1 apart.socket socket");
    });

    test("systemctl list-sockets, and stewardctl's", async () => {
      await machine.systemctl("start", "two.socket", "echo.socket");
      const listed = ["list-sockets", "--no-legend", "two.socket", "echo.socket"];
      const { stdout } = await machine.systemctl(...listed);
      expect(
        stdout
          .trim()
          .split("\n")
          .map((row) => row.trim().split(/\s+/).join(" ")),
      ).toEqual(["/run/echo echo.socket -", "/run/two two.socket two.service", "/run/two-fifo two.socket two.service"]);
      for (const args of [listed, [...listed, "--show-types"], [...listed, "-o", "json"]])
        expect(await machine.stewardctl(...args)).toEqual(await machine.systemctl(...args));
    });

    test.skipIf(isReference)("who comes while there is no manager is served by the next", async () => {
      await machine.systemctl("stop", "two.service");
      await becomes("two.socket", "SubState", "listening");
      const { stdout } = await machine.sh(
        `kill -9 $(pgrep -f '[d]ist/manager.js'); rm -f /run/answers; for i in 1 2 3; do ${puppet} call=/run/two:/run/answers & done; wait; cat /run/answers`,
      );
      const pid = await machine.property("two.service", "MainPID");
      expect(stdout.trim().split("\n")).toEqual([pid, pid, pid]);
      expect(await show("two.socket", "SubState")).toEqual(["running"]);
    });

    test.skipIf(isReference)("connections live on when the manager dies, and are counted by the next", async () => {
      await machine.sh("touch /run/hold");
      const held = machine.start(puppet, "hold=/run/echo:/run/hold");
      await becomes("echo.socket", "NConnections", "1");
      await killManager();
      // Comes while nobody manages: waits in the kernel.
      const next = machine.start(puppet, "hold=/run/echo:/run/hold");
      await becomes("echo.socket", "NConnections", "2");
      expect(await show("echo.socket", "SubState", "NAccepted")).toEqual(["listening", "4"]);
      await killManager();
      await machine.sh("rm /run/hold");
      for (const client of [held, next]) client.kill();
      await becomes("echo.socket", "NConnections", "0");
    });

    test.skipIf(isReference)("killed again and again while it serves, it refuses nobody", async () => {
      const killer = `for i in 1 2 3 4 5; do sleep 0.3; kill -9 $(pgrep -f '[d]ist/manager.js'); done`;
      const calls = `for i in $(seq 60); do ${puppet} call=/run/two:/run/served; sleep 0.02; done`;
      await machine.sh(`rm -f /run/served; (${killer}) & ${calls}; wait`);
      const answers = (await file("/run/served")).trim().split("\n");
      expect(answers).toHaveLength(60);
      expect(new Set(answers)).toEqual(new Set([await machine.property("two.service", "MainPID")]));
    });

    test("daemon-reexec keeps the sockets", async () => {
      const [before] = await show("two.socket", "ActiveEnterTimestampMonotonic");
      await machine.systemctl("daemon-reexec");
      expect(await call("/run/two")).toMatch(/^\d+$/);
      await becomes("two.socket", "ActiveEnterTimestampMonotonic", before as string);
      expect(await show("two.socket", "SubState")).toEqual(["running"]);
    });
  },
);

/** What a user's own manager opens is the user's. */
describe.skipIf(lacks("systemctl", "a C compiler").length > 0 || isReference)("socket units of a user", () => {
  const puppet = `${programs()}/puppet`;
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({
      mode: "user",
      units: {
        "own.socket": socket("ListenStream=%t/own/deep", "SocketMode=0600", "ReceiveBuffer=1G", "Mark=1"),
        "own.service": service(`ExecStart=${puppet} serve`),
        "each.socket": socket("ListenStream=@steward-each-%U-%b", "Accept=yes"),
        "each@.service": service("ExecStart=/bin/echo hello", "StandardInput=socket", "StandardOutput=socket"),
      },
    });
  }, 90_000);
  afterAll(() => machine.stop());

  test("listen, start their service, and say what a user may not do", async () => {
    expect(await machine.systemctl("start", "own.socket")).toMatchObject({ code: 0 });
    const [path = ""] = /\S*\/own\/deep/.exec(await machine.property("own.socket", "Listen")) ?? [];
    const answer = `${path}.answer`;
    await machine.sh(`${puppet} call=${path}:${answer}`);
    const pid = await machine.property("own.service", "MainPID");
    expect((await machine.sh(`cat ${answer}; stat -c %a ${path}`)).stdout).toBe(`${pid}\n600\n`);
    const { stdout } = await machine.journalctl("-o", "cat", "--no-pager");
    expect(stdout).toContain("own.socket: SO_MARK failed: Operation not permitted");
  });

  test("accept connections", async () => {
    await machine.systemctl("start", "each.socket");
    const [path = ""] = /@steward-each\S*/.exec(await machine.property("each.socket", "Listen")) ?? [];
    const { stdout } = await machine.sh(`f=$(mktemp); ${puppet} call=${path}:$f; cat $f; rm $f`);
    expect(stdout).toBe("hello\n");
    expect(await machine.property("each.socket", "NAccepted")).toBe("1");
  });
});
