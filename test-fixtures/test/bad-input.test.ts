import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl", "journalctl"), ...(canBootLab() ? [] : ["namespaces"])];

/** Bad input is named, and nothing else is touched by it. */
describe.skipIf(cannot.length > 0)(`bad input${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({
      mode: "pid1",
      units: {
        "good.service": "[Service]\nExecStart=/bin/sleep infinity\n",
        "noexec.service": "[Service]\nType=simple\n",
        "unknown.service": "[Service]\nExecStrat=/bin/true\nExecStart=/bin/sleep infinity\n",
        "section.service": "ExecStart=/bin/true\n[Service]\nExecStart=/bin/sleep infinity\n",
        "value.service": "[Service]\nExecStart=/bin/sleep infinity\nTimeoutStopSec=soon\n",
        "missing.service": "[Service]\nExecStart=/nonexistent/program\n",
        "relative.service": "[Service]\nExecStart=./program\n",
        "nouser.service": "[Service]\nUser=nobody-here\nExecStart=/bin/true\n",
        "nogroup.service": "[Service]\nGroup=nobody-here\nExecStart=/bin/true\n",
        "nodir.service": "[Service]\nWorkingDirectory=/nonexistent\nExecStart=/bin/true\n",
        "noenv.service": "[Service]\nEnvironmentFile=/nonexistent\nExecStart=/bin/true\n",
        "notexec.service": "[Service]\nExecStart=/etc/passwd\n",
        "oneshots.service": "[Service]\nExecStart=/bin/true\nExecStart=/bin/true\n",
      },
    });
    await machine.systemctl("start", "good.service");
  });
  afterAll(() => machine?.stop());

  const show = async (name: string, property: string) =>
    (await machine.systemctl("show", "-P", property, name)).stdout.trim();
  const log = async () => (await machine.journalctl("-o", "cat")).stdout;
  const said = (text: string) => eventually(text, log, (all) => all.includes(text));

  test.each([
    [
      "noexec.service",
      "bad-setting",
      "noexec.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.",
    ],
    [
      "oneshots.service",
      "bad-setting",
      "oneshots.service: Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.",
    ],
    ["relative.service", "bad-setting", "/etc/systemd/system/relative.service:2:"],
  ])("%s: %s", async (name, loadState, message) => {
    const outcome = await machine.systemctl("start", name);
    expect(outcome).toMatchObject({
      code: 1,
      stderr: `Failed to start ${name}: Unit ${name} has a bad unit file setting.\nSee system logs and 'systemctl status ${name}' for details.\n`,
    });
    expect(await show(name, "LoadState")).toBe(loadState);
    await said(message);
  });

  test.each([
    [
      "unknown.service",
      "/etc/systemd/system/unknown.service:2: Unknown key 'ExecStrat' in section [Service], ignoring.",
    ],
    ["section.service", "/etc/systemd/system/section.service:1: Assignment outside of section. Ignoring."],
    ["value.service", "/etc/systemd/system/value.service:3: Failed to parse time value, ignoring: soon"],
  ])("%s loads, with a word about its line", async (name, message) => {
    expect((await machine.systemctl("start", name)).code).toBe(0);
    expect(await show(name, "ActiveState")).toBe("active");
    await said(message);
    await machine.systemctl("stop", name);
  });

  test.each([
    ["missing.service", "203", "exit-code"],
    ["notexec.service", "203", "exit-code"],
    ["nouser.service", "217", "exit-code"],
    ["nogroup.service", "216", "exit-code"],
    ["nodir.service", "200", "exit-code"],
  ])("%s ends with %s", async (name, status, result) => {
    await machine.systemctl("start", name);
    await eventually(
      "the failure",
      () => show(name, "ActiveState"),
      (state) => state === "failed",
    );
    expect(await show(name, "ExecMainStatus")).toBe(status);
    expect(await show(name, "Result")).toBe(result);
  });

  test("a missing environment file", async () => {
    expect((await machine.systemctl("start", "noenv.service")).code).toBe(1);
    expect(await show("noenv.service", "Result")).toBe("resources");
  });

  test("garbage on the socket drops that client alone", async () => {
    const path = machine.path("/run/systemd/private");
    for (const bytes of [
      Buffer.from("GET / HTTP/1.0\r\n\r\n"),
      Buffer.alloc(100_000, 255),
      Buffer.from("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\nl\x01\0\x01garbage that is no message at all"),
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(path);
        socket.on("error", () => {});
        socket.on("close", () => resolve());
        socket.on("data", () => {});
        socket.end(bytes);
      });
    }
    expect((await machine.systemctl("is-active", "good.service")).stdout).toBe("active\n");
  });

  test("the good unit has not noticed", async () => {
    expect(await show("good.service", "NRestarts")).toBe("0");
    expect(await show("good.service", "ActiveState")).toBe("active");
  });
});
