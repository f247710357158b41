import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, clone, eventually, type Instance, isReference, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl", "journalctl"), ...(canBootLab() ? [] : ["namespaces"])];
const example = (path: string): string => readFileSync(`${clone}/examples/${path}`, "utf8");

/** The service of the README, byte for byte, from its file to its failure. */
describe.skipIf(cannot.length > 0)(`my-webserver${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  for (const mode of ["pid1", "root"] as const) {
    if (isReference && mode === "root") continue;
    describe(mode, () => {
      let machine: Instance;
      beforeAll(async () => {
        machine = await boot({
          mode,
          units: {
            "my-webserver.service": example("etc/systemd/system/my-webserver.service"),
            "/usr/local/bin/my-webserver": example("usr/local/bin/my-webserver").replace(
              "/usr/bin/env node",
              "/run/node",
            ),
            "crash-loop.service": "[Service]\nExecStart=/bin/false\nRestart=on-failure\n",
            "clean.service": "[Service]\nExecStart=/bin/true\nRestart=on-failure\n",
          },
        });
        // The Node of the dependencies, where an ordinary user can execute it whatever the clone's modes are.
        await machine.sh(`cp --reflink=auto -L ${clone}/node_modules/node/bin/node /run/node; chmod 755 /run/node`);
        await machine.systemctl("start", "my-webserver");
      });
      afterAll(() => machine?.stop());

      const answer = () => machine.exec("curl", "-s", "http://127.0.0.1:8437/");
      const answered = () => eventually("an answer", answer, (outcome) => outcome.code === 0);
      const show = async (name: string) => (await machine.systemctl("show", "-P", name, "my-webserver")).stdout.trim();

      test("answers as www-data, with its groups", async () => {
        expect((await answered()).stdout).toMatch(/^Hello from my-webserver, pid \d+, uid 33, gid 33\n$/);
        const status = await machine.sh(`grep -E '^(Uid|Gid|Groups)' /proc/${await show("MainPID")}/status`);
        expect(status.stdout.replace(/[ \t]+/g, " ")).toBe("Uid: 33 33 33 33\nGid: 33 33 33 33\nGroups: 33 \n");
      });

      test.each(isReference ? ["systemctl" as const] : (["systemctl", "stewardctl"] as const))(
        "%s status",
        async (client) => {
          await answered();
          const { stdout, code } = await machine[client]("status", "my-webserver");
          expect(code).toBe(0);
          const lines = stdout.split("\n");
          expect(lines[0]).toBe("● my-webserver.service - My Tiny Web Server");
          expect(lines[1]).toMatch(
            /^ {5}Loaded: loaded \(\/etc\/systemd\/system\/my-webserver\.service; disabled; preset: (enabled|disabled)\)$/,
          );
          expect(lines[2]).toMatch(
            /^ {5}Active: active \(running\) since \w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+; .* ago$/,
          );
          expect(stdout).toMatch(/^ {3}Main PID: \d+ \((node|node-MainThread|my-webserver)\)$/m);
          // the lab's cgroup tree has no pids controller; steward counts by itself
          if (!isReference) expect(stdout).toMatch(/^ {6}Tasks: \d+/m);
          expect(stdout).toMatch(/^ {8}CPU: [\d.]+m?s$/m);
          expect(stdout).toMatch(
            /^ {5}CGroup: \/system\.slice\/my-webserver\.service\n {13}└─\d+ .*\/usr\/local\/bin\/my-webserver$/m,
          );
          expect(stdout).toMatch(/my-webserver\[\d+\]: listening on http:\/\/127\.0\.0\.1:8437\/$/m);
          expect(stdout).not.toContain("\u001b");
        },
      );

      // systemd in the lab cannot read its own root (EIO): only steward's is looked at.
      test.skipIf(isReference)("the slice, and the whole, show what runs in them", async () => {
        const main = await show("MainPID");
        const slice = (await machine.systemctl("status", "-n", "0", "system.slice")).stdout;
        expect(slice).toMatch(/^ {5}CGroup: \/system\.slice$/m);
        expect(slice).toMatch(new RegExp(`my-webserver\\.service\n +└─${main} .*my-webserver$`, "m"));
        expect(slice).toMatch(/^ {6}Tasks: [1-9]\d*$/m);
        const whole = (await machine.systemctl("status")).stdout;
        expect(whole).toMatch(/─init\.scope\n.*steward-keeper.*\n.*journal\.js.*\n.*manager\.js.*\n/);
        expect(whole).toMatch(new RegExp(`─system\\.slice\n +└─my-webserver\\.service\n +└─${main} `));
      });

      test("kill -9: comes back, counts, and the journal says so", async () => {
        await answered();
        const pid = await show("MainPID");
        const restarts = Number(await show("NRestarts"));
        await machine.exec("kill", "-9", pid);
        await eventually(
          "the successor",
          () => show("MainPID"),
          (now) => now !== pid && now !== "0",
        );
        await answered();
        expect(Number(await show("NRestarts"))).toBe(restarts + 1);
        const log = await eventually(
          "the journal",
          async () => (await machine.journalctl("-u", "my-webserver", "-o", "cat")).stdout,
          (text) => text.includes("restart counter is at"),
        );
        expect(log).toContain("my-webserver.service: Main process exited, code=killed, status=9/KILL\n");
        expect(log).toContain("my-webserver.service: Failed with result 'signal'.\n");
        expect(log).toMatch(/my-webserver\.service: Scheduled restart job, restart counter is at \d+\.\n/);
        expect(log).toContain("Started my-webserver.service - My Tiny Web Server.\n");
      });

      test("exit 0 is not restarted", async () => {
        await machine.systemctl("start", "clean.service");
        await eventually(
          "the end",
          async () =>
            (await machine.systemctl("show", "-P", "ActiveState", "-P", "ExecMainStatus", "clean.service")).stdout,
          (text) => /^inactive$/m.test(text),
        );
        expect((await machine.systemctl("show", "-P", "NRestarts", "clean.service")).stdout).toBe("0\n");
      });

      test("five failures in ten seconds are the last", async () => {
        await machine.systemctl("start", "crash-loop.service");
        const state = async () =>
          (await machine.systemctl("show", "-p", "ActiveState,SubState,NRestarts", "crash-loop.service")).stdout
            .trim()
            .split("\n")
            .sort();
        await eventually("the limit", state, (now) => now.join() === "ActiveState=failed,NRestarts=5,SubState=failed");
        // The result that stands is not written over (docs/decisions/0006-the-result-of-too-many-starts.md).
        expect((await machine.systemctl("show", "-P", "Result", "crash-loop.service")).stdout).toBe("exit-code\n");
        const log = (await machine.journalctl("-u", "crash-loop.service", "-o", "cat")).stdout;
        expect(log).toContain("crash-loop.service: Start request repeated too quickly.\n");
        const refused = await machine.systemctl("start", "crash-loop.service");
        expect(refused.code).toBe(1);
      });

      test("the journal holds what it wrote, with trusted fields", async () => {
        await answer();
        const { stdout } = await eventually(
          "the request's line",
          () => machine.journalctl("-u", "my-webserver", "-o", "json", "-g", "GET /"),
          (outcome) => outcome.stdout !== "",
        );
        const entry = JSON.parse(stdout.split("\n")[0] ?? "");
        expect(entry).toMatchObject({
          MESSAGE: "GET / from 127.0.0.1",
          PRIORITY: "6",
          _UID: "33",
          _GID: "33",
          _SYSTEMD_UNIT: "my-webserver.service",
          _TRANSPORT: "stdout",
        });
        expect(Number(entry._PID)).toBeGreaterThan(1);
        expect(entry._COMM).toBeDefined();
      });

      test("stop: the port is free, nothing of it remains", async () => {
        const pid = await show("MainPID");
        expect((await machine.systemctl("stop", "my-webserver")).code).toBe(0);
        expect((await answer()).code).toBe(7);
        expect((await machine.sh(`test -e /proc/${pid}`)).code).toBe(1);
      });
    });
  }
});
