import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks, programs, stewardd } from "../src/index.ts";

const cannot = [...lacks("systemctl", "journalctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];
const sleeper = (...unit: readonly string[]): string =>
  `[Unit]\n${unit.join("\n")}\n[Service]\nExecStart=/bin/sleep infinity\n`;

/** What one unit's start, stop or failure does to the others. */
describe.skipIf(cannot.length > 0)(`dependencies${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    const step = (name: string) => `${programs()}/puppet append=/run/steps:${name}`;
    machine = await boot({
      mode: "pid1",
      units: {
        "base.service": sleeper(),
        "wants.service": sleeper("Wants=base.service nothere.service"),
        "requires.service": sleeper("Requires=base.service", "After=base.service"),
        "binds.service": sleeper("BindsTo=base.service", "After=base.service"),
        "partof.service": sleeper("PartOf=base.service"),
        "requisite.service": sleeper("Requisite=base.service", "After=base.service"),
        "conflicts.service": sleeper("Conflicts=base.service"),
        "requires-missing.service": sleeper("Requires=nothere.service"),
        "bad.service": "[Service]\nType=oneshot\nExecStart=/bin/false\n",
        "requires-bad.service": sleeper("Requires=bad.service", "After=bad.service"),
        "onfailure.service": "[Unit]\nOnFailure=helper.service\n[Service]\nType=oneshot\nExecStart=/bin/false\n",
        "helper.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n",
        "a.service": `[Unit]\nAfter=b.service\nWants=b.service c.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=${step("a")}\nExecStop=${step("stop-a")}\n`,
        "b.service": `[Unit]\nAfter=c.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=${step("b")}\nExecStop=${step("stop-b")}\n`,
        "c.service": `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=${step("c")}\nExecStop=${step("stop-c")}\n`,
        "ring1.service": sleeper("After=ring2.service", "Wants=ring2.service"),
        "ring2.service": sleeper("After=ring3.service", "Wants=ring3.service"),
        "ring3.service": sleeper("After=ring1.service"),
        "hard1.service": sleeper("After=hard2.service", "Requires=hard2.service"),
        "hard2.service": sleeper("After=hard1.service", "Requires=hard1.service"),
        "condition.service": sleeper("ConditionPathExists=/nonexistent"),
        "assert.service": sleeper("AssertPathExists=/nonexistent"),
        "later.automount": "[Automount]\nWhere=/later\n",
      },
    });
  });
  afterAll(() => machine?.stop());

  const ctl = (...args: readonly string[]) => machine.systemctl(...args);
  const state = async (...names: readonly string[]) =>
    (await ctl("is-active", ...names)).stdout.trim().split("\n").join(" ");
  const reset = async () => {
    await ctl(
      "stop",
      "base",
      "wants",
      "requires",
      "binds",
      "partof",
      "requisite",
      "conflicts",
      "helper",
      "requires-bad",
    );
    await ctl("reset-failed");
  };

  test("Wants pulls in what is there and does not mind what is not", async () => {
    expect((await ctl("start", "wants")).code).toBe(0);
    expect(await state("wants", "base")).toBe("active active");
    await ctl("stop", "base");
    expect(await state("wants")).toBe("active");
    await reset();
  });

  test("Requires pulls in, and is stopped with it", async () => {
    expect((await ctl("start", "requires")).code).toBe(0);
    expect(await state("requires", "base")).toBe("active active");
    await ctl("stop", "base");
    expect(await state("requires")).toBe("inactive");
    await reset();
    const missing = await ctl("start", "requires-missing");
    expect(missing).toMatchObject({
      code: 5,
      stderr: "Failed to start requires-missing.service: Unit nothere.service not found.\n",
    });
  });

  test("Requires of what fails", async () => {
    const outcome = await ctl("start", "requires-bad");
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(
      "A dependency job for requires-bad.service failed. See 'journalctl -xe' for details.",
    );
    expect(await state("requires-bad")).toBe("inactive");
    await reset();
  });

  test("BindsTo follows a death that Requires does not", async () => {
    await ctl("start", "binds", "requires");
    await ctl("kill", "-s", "KILL", "base");
    await eventually(
      "the end of binds",
      () => state("binds"),
      (now) => now === "inactive",
    );
    expect(await state("requires")).toBe("active");
    await reset();
  });

  test("PartOf follows stop and restart", async () => {
    await ctl("start", "base", "partof");
    const pid = async () => (await ctl("show", "-P", "MainPID", "partof")).stdout;
    const before = await pid();
    await ctl("restart", "base");
    expect(await pid()).not.toBe(before);
    await ctl("stop", "base");
    expect(await state("partof")).toBe("inactive");
    await reset();
  });

  test("Requisite does not pull in", async () => {
    const outcome = await ctl("start", "requisite");
    expect(outcome.code).toBe(1);
    expect(await state("requisite", "base")).toBe("inactive inactive");
    await reset();
  });

  test("Conflicts stops the other", async () => {
    await ctl("start", "base");
    expect((await ctl("start", "conflicts")).code).toBe(0);
    expect(await state("base", "conflicts")).toBe("inactive active");
    await ctl("start", "base");
    expect(await state("base", "conflicts")).toBe("active inactive");
    await reset();
  });

  test("OnFailure", async () => {
    await ctl("start", "onfailure");
    await eventually(
      "the helper",
      () => state("helper"),
      (now) => now === "active",
    );
    await reset();
  });

  test("order of start, and its reverse for stop", async () => {
    expect((await ctl("start", "a")).code).toBe(0);
    expect((await machine.exec("cat", "/run/steps")).stdout).toBe("c\nb\na\n");
    expect((await ctl("stop", "a", "b", "c")).code).toBe(0);
    expect((await machine.exec("cat", "/run/steps")).stdout).toBe("c\nb\na\nstop-a\nstop-b\nstop-c\n");
  });

  test("a cycle is broken where it can be, named, and refused where it cannot", async () => {
    expect((await ctl("start", "ring1")).code).toBe(0);
    const log = async () => (await machine.journalctl("-o", "cat")).stdout;
    await eventually("the word about the cycle", log, (text) =>
      /ring\d\.service: Found ordering cycle on ring\d\.service\/start/.test(text),
    );
    expect(await log()).toMatch(
      /ring\d\.service: Job ring\d\.service\/start deleted to break ordering cycle starting with ring\d\.service\/start/,
    );
    const refused = await ctl("start", "hard1");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "Failed to start hard1.service: Transaction order is cyclic. See system logs for details.",
    );
    await ctl("stop", "ring1", "ring2", "ring3");
  });

  test("conditions and asserts", async () => {
    expect((await ctl("start", "condition")).code).toBe(0);
    expect(await state("condition")).toBe("inactive");
    const failed = await ctl("start", "assert");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("Assertion failed on job for assert.service.");
  });

  test.skipIf(isReference)("a unit type that does not run here loads, and says why when started", async () => {
    expect((await ctl("show", "-P", "LoadState", "later.automount")).stdout).toBe("loaded\n");
    const outcome = await ctl("start", "later.automount");
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toMatch(/later\.automount/);
    // systemctl has words of its own for a job that is not supported; the manager says why
    await eventually(
      "the reason",
      async () => (await machine.journalctl("-u", "later.automount", "-o", "cat")).stdout,
      (text) => text.includes("Automount points are not watched here"),
    );
  });
});

describe.skipIf(cannot.length > 0)("targets of the machine", () => {
  test("boots its own default.target and reaches running", async () => {
    const machine = await boot({
      mode: "pid1",
      units: {
        "default.target":
          "[Unit]\nDescription=Default\nRequires=multi-user.target\nAfter=multi-user.target\nAllowIsolate=yes\n",
        "multi-user.target.wants/web.service": "-> ../web.service",
        "web.service":
          "[Unit]\nAfter=network.target\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n",
      },
    });
    try {
      expect((await machine.systemctl("is-system-running")).stdout).toBe("running\n");
      expect(
        (await machine.systemctl("is-active", "sysinit.target", "basic.target", "multi-user.target", "web.service"))
          .stdout,
      ).toBe("active\nactive\nactive\nactive\n");
    } finally {
      await machine.stop();
    }
  });

  test.skipIf(isReference)("a second stewardd on the same directory refuses and names the first", async () => {
    const machine = await boot({ mode: "root" });
    try {
      const outcome = await machine.sh(`timeout -k 1 20 ${stewardd} 2>&1`);
      expect(outcome.code).not.toBe(0);
      expect(outcome.code).not.toBe(124);
      expect(outcome.stdout).toMatch(/another stewardd|already runs?|pid \d+/i);
      expect((await machine.systemctl("is-system-running")).stdout).toBe("running\n");
    } finally {
      await machine.stop();
    }
  });
});

describe.skipIf(cannot.length > 0 || isReference)(
  `beside another init${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`,
  () => {
    test("the machine's own timers, paths and sockets are left to it; who asks for one gets it", async () => {
      const machine = await boot({
        mode: "root",
        units: {
          "mine.timer": "[Timer]\nOnActiveSec=1h\n",
          "mine.service": "[Service]\nExecStart=/bin/true\n",
        },
      });
      try {
        const wants = (target: string) => machine.systemctl("show", "-P", "Wants", target);
        for (const target of ["timers.target", "paths.target", "sockets.target"])
          expect(await wants(target)).toEqual({ code: 0, stdout: "\n", stderr: "" });
        expect((await machine.systemctl("is-active", "basic.target")).stdout).toBe("active\n");
        expect((await machine.systemctl("start", "mine.timer")).code).toBe(0);
        expect((await machine.systemctl("is-active", "mine.timer")).stdout).toBe("active\n");
        expect((await machine.systemctl("list-timers", "--no-legend")).stdout.trim().split("\n")).toHaveLength(1);
      } finally {
        await machine.stop();
      }
    });
  },
);
