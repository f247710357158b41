import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks } from "../src/index.ts";
import { beginPaths, pathUnits, playPaths } from "../src/paths/run.ts";
import { pathScenarios } from "../src/paths/scenarios.ts";

const cannot = [...lacks("systemctl"), ...(canBootLab() ? [] : ["namespaces"])];
const stories = JSON.parse(
  readFileSync(new URL("../recorded/paths/systemd-252.json", import.meta.url), "utf8"),
) as Record<string, readonly string[]>;

/** systemd.path(5): what was recorded by test-fixtures/record/paths.ts comes about again. */
describe.skipIf(cannot.length > 0)(`path units do as systemd's${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units: pathUnits() });
    await beginPaths(machine);
  });
  afterAll(() => machine?.stop());

  test("every scenario is recorded", () => expect(Object.keys(stories)).toEqual(pathScenarios.map(({ name }) => name)));
  test.each(pathScenarios.map(({ name }, index) => [name, index] as const))("%s", async (name, index) => {
    const ours = await playPaths(machine, index);
    const steps = ["", ...pathScenarios[index]!.steps];
    const told = (lines: readonly string[] | undefined): string =>
      (lines ?? []).map((line, i) => `${line}    ${steps[i + 1] ?? ""}`).join("\n");
    expect(told(ours)).toBe(told(stories[name]));
  });
});

const units = {
  "spool.path": "[Path]\nPathChanged=/run/spool/in\nMakeDirectory=yes\n",
  // It takes what is there; what comes while it works is there when it looks again, or comes as the next change.
  "spool.service":
    "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/sh -c 'for f in /run/spool/in/*; do [ -e $$f ] || continue; echo $${f##*/} >>/run/spool/taken; rm $$f; done'\n",
  "full.path": "[Path]\nDirectoryNotEmpty=/run/full\nMakeDirectory=yes\n",
  "full.service":
    "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/sh -c 'for f in /run/full/*; do [ -e $$f ] || continue; echo $${f##*/} >>/run/fulltaken; rm $$f; done'\n",
};

describe.skipIf(cannot.length > 0 || isReference)("path units when the manager is killed", () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units });
    await machine.systemctl("start", "full.path", "spool.path");
  });
  afterAll(() => machine?.stop());

  const killManager = "kill -9 $(pgrep -f '[d]ist/manager.js')";

  test("what comes at any moment around a death is taken, and taken once", async () => {
    // A file every few milliseconds, each with a name of its own; deaths all the time, every second one in the midst of a recovery.
    const script = `
(i=0; while [ $i -lt 400 ]; do i=$((i + 1)); echo $i >/run/full/f$i; sleep 0.01; done) &
while kill -0 $! 2>/dev/null; do
  systemctl show -P SubState full.path >/dev/null; ${killManager}; sleep 0.05; ${killManager}
done
true`;
    await machine.exec("sh", "-c", script);
    await eventually(
      "all files taken",
      async () => `${(await machine.sh("ls /run/full")).stdout}${await machine.property("full.service", "SubState")}`,
      (left) => left === "dead",
      60_000,
    );
    const taken = (await machine.sh("cat /run/fulltaken")).stdout.trim().split("\n");
    expect(taken.sort()).toEqual(Array.from({ length: 400 }, (_, i) => `f${i + 1}`).sort());
    expect(await machine.property("full.path", "SubState")).toBe("waiting");
  });

  test("one change is one run, with a death before, or after, or both", async () => {
    const runs = async (): Promise<number> =>
      Number((await machine.sh("journalctl -o cat -u spool.service | grep -c ^Finished")).stdout);
    for (const [before, after] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const had = await runs();
      const kill = (wanted: boolean | undefined): string => (wanted ? `${killManager};` : "");
      await machine.sh(`${kill(before)} echo x >/run/x; mv /run/x /run/spool/in/x; ${kill(after)} true`);
      await eventually(
        "the unit at rest",
        async () => `${await runs()} ${await machine.property("spool.path", "SubState")}`,
        (text) => /^\d+ waiting$/.test(text) && Number(text.split(" ")[0]) > had,
      );
      // Its own removal of the file is a change too, but one while it ran.
      expect(await runs()).toBe(had + 1);
    }
  });
});
