import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  boot,
  canBootLab,
  eventually,
  type Instance,
  isReference,
  lacks,
  programs,
  stewardctl,
  stewardd,
} from "../src/index.ts";

const cannot = [...lacks("systemctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];
const puppet = (): string => `${programs()}/puppet`;

/** Programs that try to get away from their supervisor, each leaving a process with a name of its own. */
const escapees = (): Record<string, string> => {
  const service = (name: string, actions: string) =>
    `[Service]\nType=simple\nTimeoutStopSec=2s\nExecStart=${puppet()} name=esc-${name} ${actions} wait\n`;
  return {
    "session.service": service("session", "{ setsid name=esc-session wait }"),
    "twice.service": service("twice", "{ daemonize name=esc-twice wait }"),
    "empty.service": service("empty", "clearenv { clearenv daemonize close name=esc-empty wait }"),
    "forker.service": service("forker", "{ setsid clearenv name=esc-forker fork-for-ever=2 }"),
    "stubborn.service": service("stubborn", "ignore=15 { setsid ignore=15 name=esc-stubborn wait }"),
    "bystander.service": service("bystander", "{ daemonize clearenv name=esc-bystander wait }"),
  };
};

/** Docker's default set; the daemon and all that it starts live within it. */
const dockerCapabilities =
  "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap";

describe.skipIf(cannot.length > 0 || isReference)(
  `in a container${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`,
  () => {
    const setups = {
      "as PID 1, Docker's capabilities, no cgroup tree": {
        mode: "pid1",
        cgroup: "none",
        init: () =>
          `setpriv --bounding-set=-all,${dockerCapabilities
            .split(",")
            .map((name) => `+${name}`)
            .join(",")} ${stewardd}`,
      },
      "as root beside another init, with cgroups": { mode: "root", cgroup: "v2", init: undefined },
      "as an ordinary user, no cgroup tree": { mode: "user", cgroup: "none", init: undefined },
    } as const;

    for (const [name, setup] of Object.entries(setups)) {
      describe(name, () => {
        let machine: Instance;
        beforeAll(async () => {
          const { mode, cgroup } = setup;
          machine = await boot({ mode, cgroup, units: escapees(), ...(setup.init && { launcher: setup.init() }) });
          await machine.systemctl("start", "bystander.service");
        });
        afterAll(() => machine?.stop());

        const alive = async (comm: string): Promise<string[]> => {
          const { stdout } = await machine.sh(
            `grep -l '^esc-${comm}$' /proc/[0-9]*/comm 2>/dev/null | while read f; do s=$(cut -d ' ' -f 3 "\${f%comm}stat" 2>/dev/null); [ "$s" = Z ] || echo "$f"; done`,
          );
          return stdout.split("\n").filter(Boolean);
        };

        test.each(["session", "twice", "empty", "forker", "stubborn"])(
          "stop ends everything of %s, and nothing else",
          async (unit) => {
            expect((await machine.systemctl("start", `${unit}.service`)).code).toBe(0);
            await eventually(
              "its processes",
              () => alive(unit),
              (pids) => pids.length >= (unit === "forker" ? 1 : 2),
            );
            await machine.systemctl("stop", `${unit}.service`);
            expect(await alive(unit)).toEqual([]);
            expect((await alive("bystander")).length).toBe(2);
            expect((await machine.systemctl("is-active", "bystander.service")).stdout).toBe("active\n");
            await machine.systemctl("reset-failed");
          },
        );

        test("no zombie stays", async () => {
          const zombies = () => machine.sh("grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l");
          await eventually("reaping", zombies, (outcome) => outcome.stdout.trim() === "0");
        });
      });
    }

    test("orphans of anybody are reaped by PID 1", async () => {
      const machine = await boot({ mode: "pid1" });
      try {
        for (let i = 0; i < 5; i += 1) await machine.exec(puppet(), "daemonize", "exit=0");
        const zombies = () => machine.sh("grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l");
        await eventually("reaping", zombies, (outcome) => outcome.stdout.trim() === "0");
      } finally {
        await machine.stop();
      }
    });

    describe("ending", () => {
      let machine: Instance;
      beforeAll(async () => {
        const order = (name: string, more: string) =>
          `[Unit]\n${more}\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\nExecStop=/bin/sh -c 'echo ${name} >>/var/tmp/order'\n`;
        machine = await boot({
          mode: "pid1",
          init: "sleep infinity",
          units: {
            "default.target": "[Unit]\nWants=first.service second.service\nAllowIsolate=yes\n",
            "first.service": order("first", ""),
            "second.service": order("second", "After=first.service"),
            "job.service":
              "[Unit]\nSuccessAction=exit\nFailureAction=exit\n[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 7'\n",
            "ok.service":
              "[Unit]\nSuccessAction=exit\nFailureAction=exit\n[Service]\nType=oneshot\nExecStart=/bin/true\n",
            "talk.service": `[Service]\nExecStart=${puppet()} say=hello-from-talk wait\n`,
          },
        });
      });
      afterAll(() => machine?.stop());

      /** Runs stewardd as PID 1 of one more namespace; `during` is a shell script run beside it, with $pid. */
      const run = (during: string, ...args: readonly string[]) =>
        machine.sh(`
        rm -f /var/tmp/order
        unshare --mount --pid --fork --mount-proc --kill-child sh -c 'mount -t tmpfs tmpfs /run; exec ${stewardd} ${args.join(" ")}' >/tmp/out 2>&1 </dev/null &
        outer=$!
        until pid=$(cut -d " " -f 1 /proc/$outer/task/$outer/children 2>/dev/null) && [ "$(cat /proc/$pid/comm 2>/dev/null)" = steward-keeper ]; do kill -0 $outer || break; done
        inside() { nsenter -t $pid -m -p "$@"; }
        running() { case $(inside systemctl is-system-running 2>/dev/null) in running | degraded) ;; *) return 1 ;; esac; }
        ${during}
        i=0; while kill -0 $pid 2>/dev/null && [ $i -lt 1000 ]; do i=$((i + 1)); sleep 0.02; done
        [ $i -lt 1000 ] || kill -KILL $pid
        wait $outer; echo "status $?"; cat /var/tmp/order 2>/dev/null; echo ---; cat /tmp/out`);

      test.each(["TERM", "RTMIN+3", "RTMIN+4"])("SIG%s ends it in order", async (signal) => {
        const { stdout } = await run(`until running; do sleep 0.02; done; kill -s ${signal} $pid`);
        expect(stdout).toContain("status 0\nsecond\nfirst\n---\n");
      });

      test("a container that was killed and is started anew with its old /run begins a new life", async () => {
        const life = (script: string) => `
          unshare --mount --pid --fork --mount-proc --kill-child sh -c 'mount --bind /var/tmp/run /run; exec ${stewardd}' </dev/null >/dev/null 2>&1 &
          outer=$!
          until pid=$(cut -d " " -f 1 /proc/$outer/task/$outer/children 2>/dev/null) && [ "$(cat /proc/$pid/comm 2>/dev/null)" = steward-keeper ]; do kill -0 $outer || break; done
          inside() { nsenter -t $pid -m -p "$@"; }
          until inside systemctl is-system-running >/dev/null 2>&1 || ! kill -0 $pid; do sleep 0.02; done
          ${script}
          wait $outer; echo "status $?"`;
        const { stdout, stderr } = await machine.sh(`
          rm -rf /var/tmp/run; mkdir /var/tmp/run
          ${life("inside systemctl start talk.service; kill -KILL $pid")}
          ${life("inside systemctl is-active talk.service first.service; inside journalctl -o cat -g 'running in system mode' | wc -l; kill -TERM $pid")}`);
        expect(stdout, stderr).toMatch(/^status [1-9]\d*\ninactive\nactive\n2\nstatus 0\n$/);
      });

      test("SuccessAction=exit and FailureAction=exit give the exit status", async () => {
        expect((await run("", "--unit=job.service")).stdout).toMatch(/^status 7\n/);
        expect((await run("", "--unit=ok.service")).stdout).toMatch(/^status 0\n/);
      });

      test.each(["systemctl exit 3", `${stewardctl} exit 3`])("%s", async (command) => {
        const { stdout } = await run(`until running; do sleep 0.02; done; inside ${command}`);
        expect(stdout).toMatch(/^status 3\nsecond\nfirst\n/);
      });

      test("--log-console prints each service's lines with time and unit", async () => {
        const { stdout } = await run(
          `until running; do sleep 0.02; done; inside systemctl start talk.service
         i=0; until grep -q hello-from-talk /tmp/out || [ $i -gt 500 ]; do i=$((i + 1)); sleep 0.02; done; kill -TERM $pid`,
          "--log-console",
        );
        expect(stdout).toMatch(/^.*\d\d:\d\d:\d\d.*talk(\.service)?\b.*hello-from-talk$/m);
      });
    });
  },
);
