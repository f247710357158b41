import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { own } from "../own-kit.ts";

const examples = join(import.meta.dirname, "../../../../examples/scenarios");
const home = mkdtempSync(join(tmpdir(), "steward-simulate-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const root = `--root=${home}`;
const transcript = (name: string): string => join(import.meta.dirname, "transcripts", name);
const example = (name: string): string => join(examples, `${name}.scenario`);

function scenario(text: string): string {
  const file = join(home, "a.scenario");
  writeFileSync(file, text);
  return file;
}

describe("the examples, as they are told", () => {
  test.each(["by-need", "database-dies", "start-limit", "watchdog"])("%s", async (name) => {
    const { code, out, err } = await own("simulate", root, example(name));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    await expect(out).toMatchFileSnapshot(transcript(`${name}.txt`));
  });
});

test("drawn", async () => {
  const file = join(home, "drawn.svg");
  await own("simulate", root, `--svg=${file}`, example("start-limit"));
  await expect(readFileSync(file, "utf8")).toMatchFileSnapshot(transcript("start-limit.svg"));
});

test("-q leaves the manager's lines and single processes out", async () => {
  const { out } = await own("simulate", root, "-q", example("watchdog"));
  expect(out).toContain("active (running) → deactivating (stop-watchdog)");
  expect(out).not.toContain("Watchdog timeout");
});

test("-o json has every entry, and how it ends", async () => {
  const { out } = await own("simulate", root, "-o", "json", example("watchdog"));
  const timeline = JSON.parse(out);
  expect(timeline.entries[0]).toEqual({ atUsec: 0, kind: "action", text: "start meter.service", line: 17 });
  expect(timeline.units.map(({ unit }: { unit: string }) => unit)).toContain("meter.service");
  expect(timeline).toMatchObject({ endUsec: 20_000_000, waiting: [], complete: true });
});

test("unit files come from the scenario's directories, and from --root=", async () => {
  const units = mkdtempSync(join(home, "units-"));
  writeFileSync(join(units, "one.service"), "[Unit]\nWants=two.service\n[Service]\nExecStart=/bin/one\n");
  const system = join(home, "etc/systemd/system");
  const { mkdirSync } = await import("node:fs");
  mkdirSync(system, { recursive: true });
  writeFileSync(join(system, "two.service"), "[Service]\nExecStart=/bin/two\n");
  const { out } = await own("simulate", root, "-q", scenario(`units ${units}\nat 0 start one.service\nuntil 1s\n`));
  expect(out).toMatch(/one\.service\s+active \(running\)\n/);
  expect(out).toMatch(/two\.service\s+active \(running\)\n/);
});

test("what is refused, and what meets nobody, is told", async () => {
  const text = "at 0 start nowhere.service\nat 1s nowhere.service exits 1\nuntil 2s\n";
  const { out } = await own("simulate", root, scenario(text));
  expect(out).toContain("refused: Unit nowhere.service not found.");
  expect(out).toContain("nothing came of it: nowhere.service has no process");
});

test("units that restart each other for ever are stopped", async () => {
  const text =
    "unit a.service\n[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/a\nRestart=always\nRestartSec=0\nend\nprogram a.service exits 1\nat 0 start a.service\n";
  const { out } = await own("simulate", root, "-q", scenario(text));
  expect(out).toContain("units restart each other without a pause.");
});

describe("what is wrong is told with its place", () => {
  test("in the scenario", async () => {
    const file = scenario("at 0 start a.service\nat 5s a.service exist 1\n");
    const { code, out, err } = await own("simulate", root, file);
    expect({ code, out, err: err.replaceAll(home, "") }).toEqual({
      code: 1,
      out: "",
      err: [
        '/a.scenario:2:17: Expected exits, dies, dumps, hangs, ignores, notifies, forks, cannot, takes, elapses, conditions or oom, not "exist". Did you mean exits?',
        "  2 | at 5s a.service exist 1",
        "    |                 ^^^^^^^",
        "",
      ].join("\n"),
    });
  });

  test("in a unit file that stands in it", async () => {
    const { code, err } = await own(
      "simulate",
      root,
      scenario("unit a.service\n  [Service]\n  ExecStart=/a\n  Typo=x\nend\n"),
    );
    expect(code).toBe(0);
    expect(err).toContain("a.scenario:4: Unknown key 'Typo' in section [Service]");
    expect(err).toContain("4 |   Typo=x");
  });

  test("no file, no scenario, too many", async () => {
    expect((await own("simulate", join(home, "none"))).err).toContain("Cannot read");
    expect((await own("simulate")).err).toContain("Expected the file of a scenario");
    expect((await own("simulate", "a", "b")).err).toContain("Expected one scenario.");
  });
});
