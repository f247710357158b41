import { readlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks } from "../src/index.ts";

const service = (exec: string, more = ""): string =>
  `[Unit]\nDescription=${exec.split(" ")[0]} under test\nStartLimitIntervalSec=0\n[Service]\nExecStart=${exec}\n${more}\n[Install]\nWantedBy=multi-user.target\n`;

const cannot = [...lacks("systemctl"), ...(canBootLab() ? [] : ["namespaces"])];

/** Every verb, by systemctl and by stewardctl, against one daemon: what they say and how they end. */
describe.skipIf(cannot.length > 0)(`verbs${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  for (const mode of ["pid1", "root"] as const) {
    if (isReference && mode === "root") continue;
    describe(mode, () => {
      let machine: Instance;
      beforeAll(async () => {
        machine = await boot({
          mode,
          units: {
            "sleeper.service": service("/bin/sleep infinity", "ExecReload=/bin/true"),
            "noreload.service": service("/bin/sleep infinity"),
            "failing.service": service("/bin/false"),
            "task.service": service("/bin/true", "Type=oneshot"),
            "bare.service": "[Service]\nExecStart=/bin/sleep infinity\n",
            "group.target": "[Unit]\nDescription=Group\nWants=sleeper.service\nAllowIsolate=yes\n",
          },
        });
      });
      afterAll(() => machine?.stop());

      for (const client of ["systemctl", "stewardctl"] as const) {
        if (isReference && client === "stewardctl") continue;
        describe(client, () => {
          const ctl = (...args: readonly string[]) => machine[client](...args);
          const code = async (...args: readonly string[]) => (await ctl(...args)).code;
          const line = async (...args: readonly string[]) => (await ctl(...args)).stdout.trim();

          test("start, is-active, stop", async () => {
            expect(await code("start", "sleeper.service")).toBe(0);
            expect(await ctl("is-active", "sleeper.service")).toEqual({ code: 0, stdout: "active\n", stderr: "" });
            expect(await code("stop", "sleeper")).toBe(0);
            expect(await ctl("is-active", "sleeper.service")).toEqual({ code: 3, stdout: "inactive\n", stderr: "" });
          });

          // systemd's own private socket knows only its own clients.
          test.skipIf(isReference)("busctl finds every object by introspection", async () => {
            await ctl("start", "bare.service");
            const socket = "--address=unix:path=/run/systemd/private";
            const { stdout, stderr } = await machine.exec(
              "busctl",
              socket,
              "tree",
              "--list",
              "org.freedesktop.systemd1",
            );
            expect(stderr).toBe("");
            const paths = stdout.split("\n");
            expect(paths).toContain("/org/freedesktop/systemd1/job");
            expect(paths).toContain("/org/freedesktop/systemd1/unit/bare_2eservice");
            expect(paths.filter((path) => /[^\w/]/.test(path))).toEqual([]);
          });

          test("a unit that does not exist", async () => {
            expect(await ctl("start", "nothere.service")).toEqual({
              code: 5,
              stdout: "",
              stderr: "Failed to start nothere.service: Unit nothere.service not found.\n",
            });
            expect(await code("status", "nothere.service")).toBe(4);
            expect(await ctl("is-active", "nothere.service")).toMatchObject({ code: 3, stdout: "inactive\n" });
            expect(await code("is-enabled", "nothere.service")).toBe(1);
          });

          test("a service that fails at once", async () => {
            expect(await code("start", "failing.service")).toBe(0);
            await eventually(
              "failure",
              () => line("is-failed", "failing.service"),
              (state) => state === "failed",
            );
            expect(await ctl("is-failed", "failing.service")).toMatchObject({ code: 0 });
            expect(await code("is-active", "failing.service")).toBe(3);
            expect(await line("show", "-P", "Result", "failing.service")).toBe("exit-code");
            expect(await line("show", "-P", "ExecMainStatus", "failing.service")).toBe("1");
            expect(await code("reset-failed", "failing.service")).toBe(0);
            expect(await line("is-active", "failing.service")).toBe("inactive");
          });

          test("a oneshot that fails makes start fail, and says where to look", async () => {
            await machine.sh(
              `printf '[Service]\\nType=oneshot\\nExecStart=/bin/false\\n' >/etc/systemd/system/badtask.service`,
            );
            expect(await code("daemon-reload")).toBe(0);
            const outcome = await ctl("start", "badtask.service");
            expect(outcome.code).toBe(1);
            expect(outcome.stderr).toMatch(
              /^Job for badtask\.service failed because the control process exited with error code\.\nSee "(systemctl|stewardctl) status badtask\.service" and "(journalctl|stewardctl logs) -xeu badtask\.service" for details\.\n$/,
            );
          });

          test("restart gives a new process, try-restart only to a running one, reload none", async () => {
            await ctl("start", "sleeper.service");
            const pid = () => line("show", "-P", "MainPID", "sleeper.service");
            const first = await pid();
            expect(await code("restart", "sleeper.service")).toBe(0);
            const second = await pid();
            expect(second).not.toBe(first);
            expect(await code("reload", "sleeper.service")).toBe(0);
            expect(await pid()).toBe(second);
            expect(await code("daemon-reload")).toBe(0);
            expect(await pid()).toBe(second);
            expect(await code("try-restart", "sleeper.service")).toBe(0);
            expect(await pid()).not.toBe(second);
            await ctl("stop", "sleeper.service");
            expect(await code("try-restart", "sleeper.service")).toBe(0);
            expect(await line("is-active", "sleeper.service")).toBe("inactive");
          });

          test("reload of what cannot reload", async () => {
            await ctl("start", "noreload.service");
            const outcome = await ctl("reload", "noreload.service");
            expect(outcome.code).toBe(3);
            expect(outcome.stderr).toMatch(
              /^Failed to reload noreload\.service: Job type reload is not applicable for unit noreload\.service\.\n/,
            );
            await ctl("stop", "noreload.service");
          });

          test("kill", async () => {
            await ctl("start", "sleeper.service");
            expect(await code("kill", "--signal=KILL", "sleeper.service")).toBe(0);
            await eventually(
              "death",
              () => line("is-active", "sleeper.service"),
              (state) => state === "failed",
            );
            expect(await line("show", "-P", "Result", "sleeper.service")).toBe("signal");
            await ctl("reset-failed", "sleeper.service");
          });

          test("enable, is-enabled, disable", async () => {
            const link = "/etc/systemd/system/multi-user.target.wants/sleeper.service";
            const enabled = await ctl("enable", "sleeper.service");
            expect(enabled.code).toBe(0);
            expect(`${enabled.stdout}${enabled.stderr}`).toBe(
              `Created symlink ${link} → /etc/systemd/system/sleeper.service.\n`,
            );
            expect(readlinkSync(machine.path(link))).toBe("/etc/systemd/system/sleeper.service");
            expect(await ctl("is-enabled", "sleeper.service")).toEqual({ code: 0, stdout: "enabled\n", stderr: "" });
            const disabled = await ctl("disable", "sleeper.service");
            expect(disabled.code).toBe(0);
            expect(`${disabled.stdout}${disabled.stderr}`).toBe(`Removed "${link}".\n`);
            expect(await ctl("is-enabled", "sleeper.service")).toEqual({ code: 1, stdout: "disabled\n", stderr: "" });
            expect(await ctl("is-enabled", "bare.service")).toEqual({ code: 0, stdout: "static\n", stderr: "" });
          });

          test("mask and unmask", async () => {
            const masked = await ctl("mask", "bare.service");
            // bare.service is a real file in /etc: systemd refuses to lay a mask over it.
            expect(masked.code).toBe(1);
            expect(masked.stderr).toBe("Failed to mask unit: File /etc/systemd/system/bare.service already exists.\n");
            expect(await code("mask", "other.service")).toBe(0);
            expect(await ctl("is-enabled", "other.service")).toMatchObject({ code: 1, stdout: "masked\n" });
            expect(await ctl("start", "other.service")).toMatchObject({
              code: 1,
              stderr: "Failed to start other.service: Unit other.service is masked.\n",
            });
            expect(await code("unmask", "other.service")).toBe(0);
          });

          test("cat shows file and drop-ins with their paths", async () => {
            const { stdout } = await ctl("cat", "bare.service");
            expect(stdout).toBe("# /etc/systemd/system/bare.service\n[Service]\nExecStart=/bin/sleep infinity\n");
          });

          test("list-units, list-unit-files, list-jobs, list-dependencies", async () => {
            await ctl("start", "sleeper.service");
            expect(await line("list-units", "--no-legend", "--plain", "sleeper.service")).toMatch(
              /^sleeper\.service +loaded active running +\/bin\/sleep under test$/,
            );
            expect(await line("list-unit-files", "--no-legend", "bare.service", "task.service")).toMatch(
              /^bare\.service +static +- *\ntask\.service +disabled +(enabled|disabled)$/,
            );
            expect(await line("list-jobs")).toBe("No jobs running.");
            expect(await line("list-dependencies", "--plain", "group.target")).toMatch(
              /^group\.target\n {2}sleeper\.service$/,
            );
            await ctl("stop", "sleeper.service");
          });

          test("show: one property, several, all", async () => {
            expect(await line("show", "-p", "Id", "-p", "LoadState", "sleeper.service")).toBe(
              "Id=sleeper.service\nLoadState=loaded",
            );
            expect(await line("show", "-P", "Restart", "sleeper.service")).toBe("no");
            const all = (await line("show", "sleeper.service")).split("\n");
            expect(all.length).toBeGreaterThan(200);
            expect(all).toContain("KillSignal=15");
            expect(all).toContain("TimeoutStopUSec=1min 30s");
          });

          test("get-default and is-system-running", async () => {
            expect(await line("get-default")).toBe("default.target");
            await ctl("reset-failed");
            expect(await ctl("is-system-running")).toEqual({ code: 0, stdout: "running\n", stderr: "" });
          });

          test("isolate", async () => {
            await ctl("start", "task.service", "noreload.service");
            expect(await code("isolate", "group.target")).toBe(0);
            expect(await line("is-active", "sleeper.service", "noreload.service", "group.target")).toBe(
              "active\ninactive\nactive",
            );
            expect(await code("isolate", "default.target")).toBe(0);
          });

          test("an unknown verb and an unknown option", async () => {
            expect(await code("frobnicate")).toBe(1);
            expect(await code("--frobnicate")).toBe(1);
          });
        });
      }
    });
  }
});
