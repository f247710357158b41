import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, stewardctl } from "../src/index.ts";

const units = {
  "db.service":
    "[Unit]\nOnFailure=page.service\nStartLimitIntervalSec=0\n[Service]\nExecStartPre=/bin/true\nExecStart=/bin/sleep infinity\nRestart=on-failure\nRestartSec=50ms\n",
  "web.service":
    "[Unit]\nBindsTo=db.service\nAfter=db.service\n[Service]\nType=exec\nExecStart=/bin/sleep infinity\nExecStopPost=/bin/true\n",
  "page.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
  "fails.service": "[Unit]\nConditionPathExists=/etc\n[Service]\nType=oneshot\nExecStart=/bin/false\n",
  "skipped.service": "[Unit]\nConditionPathExists=/nowhere\n[Service]\nExecStart=/bin/true\n",
  "echo.socket":
    "[Socket]\nListenStream=127.0.0.1:4621\nAccept=yes\nMaxConnectionsPerSource=1\nExecStartPre=/bin/true\n",
  "echo@.service": "[Service]\nExecStart=/bin/cat\nStandardInput=socket\n",
  "late.socket": "[Socket]\nListenStream=127.0.0.1:4622\n",
  "late.service": "[Service]\nExecStart=/bin/sleep infinity\n",
  "tick.timer": "[Timer]\nOnCalendar=*:*:*\nOnActiveSec=10ms\nAccuracySec=1us\nUnit=page.service\n",
  "door.socket": "[Socket]\nListenStream=/run/door.sock\nListenDatagram=/run/door-too.sock\n",
  "door.service": "[Service]\nExecStart=/bin/sleep infinity\n",
  "flag.path": "[Path]\nPathExists=/run/flag\nUnit=fails.service\n",
  "stack.target": "[Unit]\nWants=web.service fails.service skipped.service\nAfter=web.service\n",
};

/** A daemon works, its manager is killed, its record is compacted; what it recorded gives the same states again. */
describe.skipIf(isReference || !canBootLab())("replay of a real run", () => {
  let machine: Instance;
  const home = mkdtempSync(join(tmpdir(), "steward-replay-"));
  const record = join(home, "record");

  const replay = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(stewardctl, ["replay", ...args], { encoding: "utf8" });
    return { status, stdout: stdout.replaceAll(home, ""), stderr };
  };

  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units, args: ["--record=full", "--record-limit=16K"] });
    await machine.stewardctl("start", "stack.target");
    await machine.stewardctl("start", "fails.service");
    await machine.stewardctl("start", "echo.socket", "late.socket");
    // The second from one address is turned away while the first is there.
    const knock =
      "bash -c 'exec 3<>/dev/tcp/127.0.0.1/4621 4<>/dev/tcp/127.0.0.1/4621; cat <&4; echo me >&3; read -u 3 word; echo $word'";
    const answers = [await machine.sh(knock)];
    await machine.stewardctl("start", "tick.timer", "door.socket", "flag.path");
    await machine.sh("touch /run/flag");
    await eventually(
      "the timer has elapsed",
      () => machine.property("page.service", "ExecMainExitTimestampMonotonic"),
      (usec) => usec !== "0",
    );
    const main = () => machine.property("db.service", "MainPID");
    const first = await main();
    await machine.sh(`kill -9 ${first}`);
    await eventually("db.service is back", main, (pid) => pid !== "0" && pid !== first);
    await machine.stewardctl("start", "web.service");
    // The manager alone: the keeper starts the next, which begins its record with a snapshot.
    const manager = () => machine.sh("pgrep -P 1 -f dist/manager.js | head -n 1").then(({ stdout }) => stdout.trim());
    const dead = await manager();
    await machine.sh(`kill -9 ${dead}`);
    await eventually("there is another manager", manager, (pid) => pid !== "" && pid !== dead);
    await eventually(
      "the connection is over",
      () => machine.property("echo.socket", "NConnections"),
      (left) => left === "0",
    );
    answers.push(await machine.sh(knock));
    expect(answers.map(({ stdout }) => stdout)).toEqual(["me\n", "me\n"]);
    await machine.sh("bash -c 'exec 3<>/dev/tcp/127.0.0.1/4622'");
    await eventually(
      "late.service runs",
      () => machine.property("late.service", "ActiveState"),
      (state) => state === "active",
    );
    for (let round = 0; round < 4; round++) {
      await machine.stewardctl("restart", "db.service");
      await machine.stewardctl("daemon-reload");
      await machine.stewardctl("start", "stack.target");
    }
    await machine.stewardctl("stop", "db.service", "door.socket", "tick.timer", "flag.path");
    cpSync(machine.path("/run/steward"), home, {
      recursive: true,
      filter: (path) => !/\.sock|private|lock/.test(path),
    });
  });
  afterAll(async () => {
    await machine?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test("the record was compacted while it was written, and by the death", () => {
    const files = readdirSync(home).filter((name) => /^record(\.[0-9]+)?$/.test(name));
    expect(files.length).toBeGreaterThan(3);
  });

  test("every file gives the same states, and each begins where the one before ends", () => {
    const { status, stdout, stderr } = replay(record);
    expect(stderr).toBe("");
    expect(stdout.replace(/\/record\S*: [0-9]+ steps, the same states\n/g, "")).toBe("");
    expect(status).toBe(0);
    const { same, files, fromDisk } = JSON.parse(replay("-o", "json", record).stdout);
    expect({ same, fromDisk }).toEqual({ same: true, fromDisk: [] });
    expect(files.reduce((sum: number, { steps }: { steps: number }) => sum + steps, 0)).toBeGreaterThan(60);
  });

  test("a record that says something else is told with the event", () => {
    const forged = join(home, "forged");
    const texts = readdirSync(home)
      .filter((name) => /^record(\.[0-9]+)?$/.test(name))
      .map((name) => readFileSync(join(home, name), "utf8"));
    const text = texts.find((each) => each.includes('"kind":"stop-sigterm"'))!;
    writeFileSync(forged, text.replaceAll('"kind":"stop-sigterm"', '"kind":"running"'));
    const { status, stdout } = replay(forged);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /\/forged:[0-9]+: goes another way at step [0-9]+\n {2}event {5}\S+ .*\n {2}differs {3}units (db|web)\.service: machine\.state\.kind\n/,
    );
    expect(stdout).toContain('  recorded  "running"\n  replayed  "stop-sigterm"\n');
  });

  test("without its definitions it is replayed with the unit files of a disk", () => {
    const names = join(home, "names");
    const lines = readFileSync(join(home, "record.1"), "utf8").trimEnd().split("\n");
    const stripped = lines.map((line) => {
      const value = JSON.parse(line);
      if (value.event?.kind === "load") delete value.event.units;
      for (const change of value.definitions ?? []) delete change.units;
      return JSON.stringify(value);
    });
    writeFileSync(names, `${stripped.join("\n")}\n`);
    const { stdout } = replay("-o", "json", `--root=${machine.path("/")}`, names);
    expect(JSON.parse(stdout)).toMatchObject({ same: true, changed: [] });
  });

  test("what is no record is told", () => {
    expect(existsSync("/nowhere")).toBe(false);
    expect(replay("/nowhere").stderr).toContain("Expected the record of a stewardd");
    const odd = join(home, "odd");
    writeFileSync(odd, "{}\nhello\n");
    expect(replay(odd).stderr).toContain("odd:2:1: This line is no JSON.");
  });
});
