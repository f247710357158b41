import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { Journal, type JournalEntry, matchFields } from "@steward/journal";
import { datagramSource } from "@steward/process-runtime";
import { describe, expect, onTestFinished, test } from "vitest";
import { keeperInstance } from "../../src/keeper-instance.ts";
import { FakeKeeper } from "./fake-keeper.ts";

const METADATA = [
  "_TRANSPORT=stdout",
  "_STREAM_ID=00112233445566778899aabbccddeeff",
  "SYSLOG_IDENTIFIER=web",
  "PRIORITY=6",
  "SYSLOG_FACILITY=3",
  "_SYSTEMD_UNIT=web.service",
  "_SYSTEMD_INVOCATION_ID=00112233445566778899aabbccddeef0",
  ".level-prefix=1",
  ".console=0",
  "",
].join("\n");

function keeper(options: ConstructorParameters<typeof FakeKeeper>[0] = {}): FakeKeeper {
  const made = new FakeKeeper(options);
  onTestFinished(async () => {
    await made.close();
    made.remove();
  });
  return made;
}

function entries(directory: string, matches: string[][] = []): JournalEntry[] {
  const journal = Journal.openDirectories([`${directory}/journal`]);
  journal.setMatch(matchFields(matches));
  const found: JournalEntry[] = [];
  for (let entry = journal.next(); entry !== undefined; entry = journal.next()) {
    entry.fields;
    found.push(entry);
  }
  journal.close();
  return found;
}

const messages = (directory: string, matches?: string[][]): string[] =>
  entries(directory, matches).map((entry) => entry.text("MESSAGE")!);

function plain(entry: JournalEntry): Record<string, string> {
  return Object.fromEntries(entry.fields.map(([name, value]) => [name, value.toString()]));
}

describe("what services write", () => {
  test("lines, levels and the trusted fields", async () => {
    const fake = keeper();
    fake.start();
    fake.openStream(7, METADATA);
    fake.write(7, "first\n<3>an error   \n\n  indented\nhalf");
    fake.write(7, " a line\nnul\0left over");
    fake.endStream(7);
    await fake.idle();
    const found = entries(fake.directory).map(plain);
    expect(found.map((entry) => [entry.MESSAGE, entry.PRIORITY, entry._LINE_BREAK])).toEqual([
      ["first", "6", undefined],
      ["an error", "3", undefined],
      ["  indented", "6", undefined],
      ["half a line", "6", undefined],
      ["nul", "6", "nul"],
      ["left over", "6", "eof"],
    ]);
    expect(found[0]).toMatchObject({
      _PID: String(process.pid),
      _UID: String(process.getuid!()),
      _COMM: "tester",
      _TRANSPORT: "stdout",
      _SYSTEMD_UNIT: "web.service",
      _SYSTEMD_INVOCATION_ID: "00112233445566778899aabbccddeef0",
      _BOOT_ID: "00112233445566778899aabbccddeeff",
      _MACHINE_ID: "3d1219c7c4c5404aaa1f6d2a48adfda4",
      _HOSTNAME: "testhost",
      SYSLOG_IDENTIFIER: "web",
      SYSLOG_FACILITY: "3",
    });
    expect(found[0]!._EXE).toMatch(/node$/);
    expect(found[0]!._CMDLINE).toContain("node");
  });

  test("another process that goes on writing begins a line of its own", async () => {
    const fake = keeper();
    fake.start();
    fake.openStream(1, METADATA);
    fake.write(1, "one says ", { pid: 99_999_991, comm: "one" });
    fake.write(1, "two says\n", { pid: 99_999_992, comm: "two" });
    await fake.idle();
    expect(
      entries(fake.directory).map((entry) => [entry.text("_COMM"), entry.text("MESSAGE"), entry.text("_LINE_BREAK")]),
    ).toEqual([
      ["one", "one says", "pid-change"],
      ["two", "two says", undefined],
    ]);
  });

  test("a line without end is cut at 48 KiB", async () => {
    const fake = keeper();
    fake.start();
    fake.openStream(1, METADATA);
    fake.write(1, "x".repeat(60_000));
    fake.write(1, "y\n");
    await fake.idle();
    const found = entries(fake.directory).map(plain);
    expect(found.map((entry) => [entry.MESSAGE!.length, entry._LINE_BREAK])).toEqual([
      [49_152, "line-max"],
      [60_001 - 49_152, undefined],
    ]);
  });
});

describe("what comes as datagrams", () => {
  test("native entries, without the fields that are not theirs to give", async () => {
    const fake = keeper();
    fake.start();
    const multi = Buffer.concat([
      Buffer.from("MESSAGE\n\x09\0\0\0\0\0\0\0"),
      Buffer.from("two\nlines"),
      Buffer.from("\nPRIORITY=4\n_PID=1\nlower=x\nCODE_LINE=3\n"),
    ]);
    fake.datagram(datagramSource.native, multi);
    await fake.idle();
    const [entry] = entries(fake.directory).map(plain);
    expect(entry).toMatchObject({
      MESSAGE: "two\nlines",
      PRIORITY: "4",
      CODE_LINE: "3",
      _TRANSPORT: "journal",
      _SYSTEMD_UNIT: "web.service",
      _PID: String(process.pid),
    });
    expect(entry).not.toHaveProperty("lower");
  });

  test("what the manager said of a unit's run holds for its datagrams", async () => {
    const fake = keeper();
    fake.start();
    fake.openStream(1, `${METADATA}_SYSTEMD_SLICE=web.slice\nEXTRA=x\n`);
    fake.write(1, "a line\n");
    fake.datagram(datagramSource.native, "MESSAGE=a datagram\n");
    await fake.idle();
    const [, entry] = entries(fake.directory).map(plain);
    expect(entry).toMatchObject({
      MESSAGE: "a datagram",
      _SYSTEMD_UNIT: "web.service",
      _SYSTEMD_INVOCATION_ID: "00112233445566778899aabbccddeef0",
      _SYSTEMD_SLICE: "web.slice",
      EXTRA: "x",
    });
    expect(entry).not.toHaveProperty("_STREAM_ID");
  });

  test("syslog messages", async () => {
    const fake = keeper();
    fake.start();
    fake.datagram(datagramSource.syslog, "<27>Nov 23 01:02:03 daemon[42]: it broke");
    fake.datagram(datagramSource.syslog, "no priority");
    await fake.idle();
    const [first, second] = entries(fake.directory).map(plain);
    expect(first).toMatchObject({
      MESSAGE: "it broke",
      PRIORITY: "3",
      SYSLOG_FACILITY: "3",
      SYSLOG_IDENTIFIER: "daemon",
      SYSLOG_PID: "42",
      SYSLOG_TIMESTAMP: "Nov 23 01:02:03 ",
      _TRANSPORT: "syslog",
    });
    expect(second).toMatchObject({ MESSAGE: "no priority", PRIORITY: "6", SYSLOG_FACILITY: "1" });
  });

  test("the manager's own words, as journalctl -u selects them", async () => {
    const fake = keeper();
    fake.start();
    fake.datagram(
      datagramSource.manager,
      "PRIORITY=6\nMESSAGE=Started web.service.\nUNIT=web.service\nJOB_TYPE=start\n",
      "",
    );
    await fake.idle();
    const [entry] = entries(fake.directory, [["_PID=1", "UNIT=web.service"]]).map(plain);
    expect(entry).toMatchObject({
      MESSAGE: "Started web.service.",
      SYSLOG_IDENTIFIER: "systemd",
      JOB_TYPE: "start",
      _TRANSPORT: "journal",
    });
    expect(entry!._SYSTEMD_UNIT).toBe("init.scope");
  });
});

test("--log-console prints what services write", async () => {
  const fake = keeper({ console: true });
  fake.start();
  fake.openStream(1, METADATA);
  fake.write(1, "hello\x1b[2J\n");
  fake.datagram(datagramSource.manager, "PRIORITY=6\nMESSAGE=not a service\n", "");
  await fake.idle();
  await fake.close();
  expect(fake.output).toMatch(/^\d\d:\d\d:\d\d\.\d{3} web\.service: hello\?\[2J\n$/);
});

test("a journal that cannot be written is named, and services go on", { timeout: 300_000 }, async () => {
  const fake = keeper({ directory: "/proc/nowhere" });
  fake.start();
  fake.openStream(1, METADATA);
  fake.write(1, "said anyway\n");
  await fake.idle();
  expect(fake.complaints).toMatch(/the journal: \/proc\/nowhere/);
  expect(fake.complaints).toMatch(/web\.service: said anyway/);
});

test("journalctl's requests: sync, rotate, and what is none", async () => {
  const fake = keeper();
  fake.start();
  fake.openStream(1, METADATA);
  fake.write(1, "before\n");
  await fake.idle();
  const call = (method: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const socket = connect(`${fake.directory}/varlink`, () => socket.write(`${JSON.stringify({ method })}\0`));
      let text = "";
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        text += String(chunk);
        if (!text.endsWith("\0")) return;
        socket.end();
        resolve(JSON.parse(text.slice(0, -1)));
      });
    });
  expect(await call("io.systemd.Journal.Synchronize")).toEqual({ parameters: {} });
  expect(await call("io.systemd.Journal.Rotate")).toEqual({ parameters: {} });
  expect(await call("io.systemd.Journal.Nothing")).toMatchObject({ error: "org.varlink.service.MethodNotFound" });
  expect(readdirSync(`${fake.directory}/journal`).map((name) => name.replace(/@.*\./, "@."))).toEqual([
    "system.journal",
    "system@.journal",
  ]);
  fake.write(1, "after\n");
  await fake.idle();
  expect(messages(fake.directory)).toEqual(["before", "after"]);
});

describe("killed", () => {
  test("again and again under load: every line once, in order", { timeout: 600_000 }, async () => {
    const fake = keeper();
    fake.start();
    const streams = [1, 2, 3];
    for (const stream of streams) fake.openStream(stream, METADATA.replace("web.service", `s${stream}.service`));
    const LINES = 1200;
    let line = 0;
    let kills = 0;
    const acknowledged = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const target = fake.acknowledgements + count;
        fake.onAcknowledged = () => {
          if (fake.acknowledgements >= target) resolve();
        };
      });
    while (line < LINES) {
      const some = acknowledged(kills % 5);
      for (let i = 0; i < 100 && line < LINES; i++, line++) {
        // Lines arrive in odd pieces.
        const text = `line ${line}\n`;
        const cut = (line * 7) % text.length;
        for (const stream of streams) {
          fake.write(stream, text.slice(0, cut));
          fake.write(stream, text.slice(cut));
        }
        fake.datagram(datagramSource.native, `MESSAGE=native ${line}\n`);
      }
      if (kills % 5 > 0) await some;
      await fake.kill();
      kills++;
      fake.start();
    }
    for (const stream of streams) fake.endStream(stream);
    await fake.idle();
    const expected = Array.from({ length: LINES }, (_, i) => `line ${i}`);
    for (const stream of streams)
      expect(messages(fake.directory, [[`_SYSTEMD_UNIT=s${stream}.service`]])).toEqual(expected);
    expect(messages(fake.directory, [["_TRANSPORT=journal"]])).toEqual(
      expected.map((text) => text.replace("line", "native")),
    );
    expect(readdirSync(`${fake.directory}/journal`)).toEqual(["system.journal"]);
    if (existsSync("/usr/bin/journalctl")) {
      const { execFileSync } = await import("node:child_process");
      execFileSync("journalctl", ["--verify", "-q", "-D", `${fake.directory}/journal`], { stdio: "pipe" });
    }
  });

  test("a new keeper's streams are not taken for the old one's", async () => {
    const fake = keeper();
    for (const which of ["first", "second"]) {
      fake.start();
      fake.openStream(1, METADATA);
      fake.write(1, `from the ${which} keeper\n`);
      fake.datagram(datagramSource.native, `MESSAGE=datagram of the ${which}\n`);
      await fake.idle();
      await fake.kill();
      fake.reborn();
    }
    fake.start();
    expect(messages(fake.directory)).toEqual([
      "from the first keeper",
      "datagram of the first",
      "from the second keeper",
      "datagram of the second",
    ]);
  });

  test("a keeper is named by more than its pid", () => {
    expect(keeperInstance(process.pid)).toBe(keeperInstance(process.pid));
    expect(keeperInstance(process.pid)).not.toBe(keeperInstance(process.ppid));
    expect(keeperInstance(process.pid)).not.toBe(`pid.${process.pid}`);
  });
});
