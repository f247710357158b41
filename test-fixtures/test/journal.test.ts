import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks, programs, stewardctl } from "../src/index.ts";

const cannot = [...lacks("systemctl", "journalctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];

/** What services and the manager write, as journalctl and stewardctl read it. */
describe.skipIf(cannot.length > 0)(`journal${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    const puppet = `${programs()}/puppet`;
    machine = await boot({
      mode: "pid1",
      units: {
        "talk.service": `[Unit]\nDescription=Talker\n[Service]\nType=oneshot\nExecStart=${puppet} say=first say=second err=third\n`,
        "fast.service": `[Service]\nType=oneshot\nExecStart=${puppet} lines=50000:line-\n`,
        "follow@.service": `[Service]\nExecStart=${puppet} say=begin until=/run/go-%i say=later wait\n`,
        "native.service":
          "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo to-stdout; logger -t tagged to-syslog; printf \"a\\nb\\n\" | systemd-cat -p warning -t cat'\n",
      },
    });
  });
  afterAll(() => machine?.stop());

  const json = async (...args: readonly string[]): Promise<Record<string, string>[]> =>
    (await machine.journalctl("-o", "json", ...args)).stdout
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const messages = async (...args: readonly string[]) => (await json(...args)).map((entry) => entry.MESSAGE);

  test("a service's lines and the manager's, selected by unit", async () => {
    await machine.systemctl("start", "talk.service");
    const lines = await eventually(
      "six lines",
      () => messages("-u", "talk.service"),
      (all) => all.length >= 6,
    );
    expect(lines).toEqual([
      "Starting talk.service - Talker...",
      "first",
      "second",
      "third",
      "talk.service: Deactivated successfully.",
      "Finished talk.service - Talker.",
    ]);
    const [starting, first] = await json("-u", "talk.service");
    expect(starting).toMatchObject({
      _PID: "1",
      UNIT: "talk.service",
      JOB_TYPE: "start",
      MESSAGE_ID: "7d4958e842da4a758f6c1cdc7b36dcc5",
      PRIORITY: "6",
    });
    expect(first).toMatchObject({
      _SYSTEMD_UNIT: "talk.service",
      _UID: "0",
      _COMM: "puppet",
      SYSLOG_IDENTIFIER: "puppet",
      PRIORITY: "6",
      _TRANSPORT: "stdout",
    });
    expect(first?._SYSTEMD_INVOCATION_ID).toMatch(/^[0-9a-f]{32}$/);
    expect(first?._BOOT_ID).toMatch(/^[0-9a-f]{32}$/);
  });

  // journald drops past 10,000 lines in 30 s (RateLimitBurst=); steward slows the writer instead
  test.skipIf(isReference)("50,000 lines, each once and in order; the files verify", async () => {
    await machine.systemctl("start", "fast.service");
    const count = async () =>
      (await machine.sh("journalctl -u fast.service -o cat _TRANSPORT=stdout | wc -l")).stdout.trim();
    await eventually("all lines", count, (text) => text === "50000", 60_000);
    const order = await machine.sh(
      "journalctl -u fast.service -o cat _TRANSPORT=stdout | awk '$0 != \"line-\" NR { exit 1 }'",
    );
    expect(order.code).toBe(0);
    const verified = await machine.sh("journalctl --verify 2>&1");
    expect(verified.stdout).toContain("PASS");
    expect(verified.stdout).not.toContain("FAIL");
    expect(verified.code).toBe(0);
  });

  test("a plain journalctl --file reads it", async () => {
    const { stdout } = await machine.sh(
      "journalctl --file $(find /run/log/journal -name system.journal) -u talk.service -o cat",
    );
    expect(stdout).toContain("first\nsecond\nthird\n");
  });

  test.skipIf(isReference)("stewardctl logs: -n, --since, -f", async () => {
    const last = await machine.stewardctl("logs", "talk.service", "-n", "2", "-o", "cat");
    expect(last).toMatchObject({
      code: 0,
      stdout: "talk.service: Deactivated successfully.\nFinished talk.service - Talker.\n",
    });
    expect(
      (await machine.stewardctl("logs", "talk.service", "--since", "-1h", "-o", "cat")).stdout.split("\n").length,
    ).toBe(7);
    expect((await machine.stewardctl("logs", "talk.service", "--until", "-1h", "-o", "cat")).stdout).not.toContain(
      "first",
    );
  });

  test.each(isReference ? ["journalctl"] : ["journalctl", "stewardctl"])("%s follows", async (program) => {
    const unit = `follow@${program}.service`;
    await machine.systemctl("start", unit);
    await eventually(
      "begin",
      () => messages("-u", unit),
      (all) => all.includes("begin"),
    );
    const command = program === "journalctl" ? ["journalctl", "-u"] : [stewardctl, "logs"];
    const [first = "", ...rest] = command;
    const reader = machine.start(first, ...rest, unit, "-f", "-n", "3", "-o", "cat");
    try {
      let seen = "";
      reader.stdout?.on("data", (bytes) => {
        seen += bytes;
      });
      await eventually(
        "what was there",
        () => seen,
        (text) => text.includes("begin"),
      );
      await machine.exec("touch", `/run/go-${program}`);
      await eventually(
        "what came later",
        () => seen,
        (text) => text.includes("later"),
      );
    } finally {
      reader.kill("SIGKILL");
    }
  });

  test("syslog and systemd-cat", async () => {
    await machine.systemctl("start", "native.service");
    await eventually(
      "the syslog line",
      () => messages("-t", "tagged"),
      (all) => all.includes("to-syslog"),
    );
    const cat = await eventually(
      "systemd-cat's lines",
      () => json("-t", "cat"),
      (all) => all.length === 2,
    );
    expect(cat.map((entry) => [entry.MESSAGE, entry.PRIORITY])).toEqual([
      ["a", "4"],
      ["b", "4"],
    ]);
  });
});
