import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl", "journalctl"), ...(canBootLab() ? [] : ["namespaces"])];
const oneshot = (command: string, unit = ""): string =>
  `[Unit]\n${unit}\n[Service]\nType=oneshot\nExecStart=/bin/sh -c '${command}'\n`;

const units = {
  "soon.timer": "[Timer]\nOnActiveSec=300ms\nAccuracySec=1ms\n",
  "soon.service": oneshot("env | grep ^TRIGGER | sort >/run/soon"),
  "daily.timer":
    "[Unit]\nDescription=Every day\n[Timer]\nOnCalendar=daily\nPersistent=yes\n[Install]\nWantedBy=timers.target\n",
  "daily.service": oneshot("true"),
  "missed.timer": "[Timer]\nOnCalendar=daily\nPersistent=yes\nAccuracySec=1ms\n",
  "missed.service": oneshot("true"),
  "zone.timer": "[Timer]\nOnTimezoneChange=yes\n",
  "zone.service": oneshot("true"),
  "seven.timer": "[Timer]\nOnCalendar=*-*-* 07:00\n",
  "seven.service": oneshot("true"),
  "often.timer": "[Timer]\nOnActiveSec=100ms\nOnUnitActiveSec=250ms\nAccuracySec=1ms\n",
  "often.service": oneshot("echo $$TRIGGER_TIMER_MONOTONIC_USEC >>/run/often", "StartLimitIntervalSec=0"),
  "once.timer": "[Timer]\nOnActiveSec=2s\nAccuracySec=1ms\n",
  "once.service": oneshot("echo x >>/run/once"),
  "lazy-a.timer": "[Timer]\nOnActiveSec=1s\nAccuracySec=1min\n",
  "lazy-a.service": oneshot("date +%%s%%3N >/run/lazy-a"),
  "lazy-b.timer": "[Timer]\nOnActiveSec=2s\nAccuracySec=1ms\n",
  "lazy-b.service": oneshot("date +%%s%%3N >/run/lazy-b"),
};

describe.skipIf(cannot.length > 0)(`timers${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units });
  });
  afterAll(() => machine?.stop());
  const substate = (unit: string, wanted: string): Promise<string> =>
    eventually(
      `${unit} ${wanted}`,
      () => machine.property(unit, "SubState"),
      (state) => state === wanted,
    );

  test("one elapses, and its unit is told why", async () => {
    await machine.systemctl("start", "soon.timer");
    await substate("soon.timer", "elapsed");
    const told = (await machine.sh("cat /run/soon")).stdout;
    expect(told).toMatch(
      /^TRIGGER_TIMER_MONOTONIC_USEC=\d+\nTRIGGER_TIMER_REALTIME_USEC=\d+\nTRIGGER_UNIT=soon.timer\n$/,
    );
    expect(await machine.property("soon.timer", "Result")).toBe("success");
    expect(await machine.property("soon.timer", "LastTriggerUSec")).not.toBe("");
  });

  test("list-timers of both clients, as text and as JSON", async () => {
    await machine.systemctl("start", "daily.timer");
    const midnight = new Date(Math.ceil((Date.now() + 1) / 86_400_000) * 86_400_000);
    const date = midnight.toISOString().slice(0, 10);
    const { stdout } = await machine.systemctl("list-timers", "daily.timer", "--no-legend");
    expect(stdout).toMatch(new RegExp(`^\\w{3} ${date} 00:00:00 UTC \\S.* left +- +- +daily.timer daily.service\n$`));
    if (!isReference)
      expect((await machine.stewardctl("list-timers", "daily.timer", "--no-legend")).stdout).toMatch(
        new RegExp(`^\\w{3} ${date} 00:00:00 UTC \\S.* left +- +- +daily.timer daily.service\n$`),
      );
    for (const client of [machine.systemctl, machine.stewardctl]) {
      const rows = JSON.parse((await client("list-timers", "daily.timer", "-o", "json")).stdout);
      expect(rows).toMatchObject([
        { next: midnight.getTime() * 1000, last: 0, unit: "daily.timer", activates: "daily.service" },
      ]);
    }
    const all = (await machine.systemctl("list-timers", "--all", "--no-legend", "once.timer", "daily.timer")).stdout;
    expect(all.trim().split("\n")).toHaveLength(1);
  });

  test("status says what it triggers and when", async () => {
    const { stdout } = await machine.systemctl("status", "daily.timer");
    expect(stdout).toMatch(/Active: active \(waiting\)/);
    expect(stdout).toMatch(/Trigger: \w{3} \d{4}-\d\d-\d\d 00:00:00 UTC; .* left/);
    expect(stdout).toMatch(/Triggers: ● daily.service/);
  });

  test("a stamp file is made, and an old one has what was missed made up for", async () => {
    const stamps = "/var/lib/systemd/timers";
    expect((await machine.sh(`stat -c '%a %U %s' ${stamps}/stamp-daily.timer`)).stdout).toBe("644 root 0\n");
    await machine.sh(`touch -d '-3 days' ${stamps}/stamp-missed.timer`);
    await machine.systemctl("start", "missed.timer");
    await eventually(
      "the missed run",
      async () => (await machine.journalctl("-o", "cat", "-u", "missed.service")).stdout,
      (text) => text.includes("Finished missed.service"),
    );
    await substate("missed.timer", "waiting");
    const stamp = Number((await machine.sh(`stat -c %Y ${stamps}/stamp-missed.timer`)).stdout);
    expect(Date.now() / 1000 - stamp).toBeLessThan(600);
  });

  test("another time zone moves what is to come, and triggers who waits for it", async () => {
    await machine.systemctl("start", "zone.timer", "seven.timer");
    const next = async (): Promise<number> =>
      JSON.parse((await machine.systemctl("list-timers", "seven.timer", "-o", "json")).stdout)[0].next / 1_000_000;
    expect((await next()) % 86_400).toBe(7 * 3600);
    await machine.sh("ln -sfn /usr/share/zoneinfo/Asia/Tokyo /etc/localtime");
    await eventually(
      "seven in Tokyo",
      async () => String(await next()),
      (at) => Number(at) % 86_400 === 22 * 3600,
    );
    await eventually(
      "the unit that waits for it",
      async () => (await machine.journalctl("-o", "cat", "-u", "zone.service")).stdout,
      (text) => text.includes("Finished zone.service"),
    );
    await machine.sh("ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime");
    await eventually(
      "seven again",
      async () => String(await next()),
      (at) => Number(at) % 86_400 === 7 * 3600,
    );
  });

  test("a patient timer elapses together with one that is not", async () => {
    await machine.systemctl("start", "lazy-a.timer", "lazy-b.timer");
    await substate("lazy-b.timer", "elapsed");
    await substate("lazy-a.timer", "elapsed");
    const [a, b] = (await machine.sh("cat /run/lazy-a /run/lazy-b")).stdout.trim().split("\n").map(Number);
    // Patient for a minute, it waits for a wake-up that comes anyway: it is never before its own second, and never alone after the other's.
    expect((a as number) - (b as number)).toBeLessThan(1500);
  });
});

describe.skipIf(isReference)("a user's timers and paths", () => {
  let machine: Instance;
  beforeAll(async () => {
    const own = {
      "daily.timer": units["daily.timer"],
      "daily.service": units["daily.service"],
      "drop.path": "[Path]\nDirectoryNotEmpty=%t/drop\nMakeDirectory=yes\n",
      "drop.service": oneshot('rm -f "$$XDG_RUNTIME_DIR"/drop/*; date >"$$XDG_RUNTIME_DIR/dropped"'),
    };
    machine = await boot({ mode: "user", units: own });
  });
  afterAll(() => machine?.stop());

  test("the stamp file is the user's own", async () => {
    expect((await machine.stewardctl("start", "daily.timer")).code).toBe(0);
    await eventually(
      "the stamp",
      async () => (await machine.sh('ls "$XDG_DATA_HOME/systemd/timers"')).stdout,
      (names) => names === "stamp-daily.timer\n",
    );
    const rows = JSON.parse((await machine.stewardctl("list-timers", "-o", "json")).stdout) as { unit: string }[];
    expect(rows.map(({ unit }) => unit)).toEqual(["daily.timer"]);
  });

  test("what is dropped is taken", async () => {
    expect((await machine.stewardctl("start", "drop.path")).code).toBe(0);
    await machine.sh('echo x >"$XDG_RUNTIME_DIR/drop/x"');
    const taken = 'cat "$XDG_RUNTIME_DIR/dropped"; ls "$XDG_RUNTIME_DIR/drop"';
    await eventually(
      "the drop taken",
      async () => (await machine.sh(taken)).stdout,
      (text) => /^\w.*\n$/.test(text),
    );
  });
});

describe.skipIf(cannot.length > 0 || isReference)("timers when the manager is killed", () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units });
  });
  afterAll(() => machine?.stop());
  const killManager = "kill -9 $(pgrep -f '[d]ist/manager.js')";

  test("one that elapses while the manager is away, or dying, elapses once", async () => {
    await machine.systemctl("start", "once.timer");
    // Deaths from before its moment until after it.
    await machine.sh(
      `for i in $(seq 8); do ${killManager}; sleep 0.1; ${killManager}; systemctl show once.timer >/dev/null; done`,
    );
    await eventually(
      "elapsed",
      () => machine.property("once.timer", "SubState"),
      (state) => state === "elapsed",
      30_000,
    );
    expect((await machine.sh("cat /run/once")).stdout).toBe("x\n");
  });

  test("one that repeats goes on, never twice and never too early", async () => {
    await machine.systemctl("start", "often.timer");
    await machine.sh(
      `for i in $(seq 10); do ${killManager}; sleep 0.2; ${killManager}; systemctl show often.timer >/dev/null; done`,
    );
    const runs = await eventually(
      "runs after the deaths",
      async () => (await machine.sh("cat /run/often")).stdout.trim().split("\n"),
      (lines) => lines.length > 8,
      30_000,
    );
    const at = runs.map(Number);
    for (const [i, moment] of at.entries())
      if (i > 0) expect(moment - (at[i - 1] as number)).toBeGreaterThanOrEqual(250_000);
    expect(await machine.property("often.timer", "ActiveState")).toBe("active");
  });
});
