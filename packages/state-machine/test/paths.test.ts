import { runtimeProperties } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { service } from "./kit/units.ts";
import { World, type WorldOptions } from "./kit/world.ts";

const second = 1_000_000;
const oneshot = service("Type=oneshot\nExecStart=/job", "StartLimitIntervalSec=0");

function machine(path: string, options: WorldOptions = {}, unit = oneshot): World {
  return new World({ "p.path": `[Path]\n${path}\n`, "p.service": unit }, options);
}

const runs = (world: World): number => world.effects.filter((effect) => effect.kind === "spawn").length;
const result = (world: World): unknown =>
  runtimeProperties(world.state, "p.path").find((one) => one.name === "Result")?.value;
const forever: WorldOptions = { programs: { "p.service": {} } };

describe("what a path unit waits for (systemd.path(5))", () => {
  test.each([
    ["PathExists=/a/b", ["make /a"], 0],
    ["PathExists=/a/b", ["make /a/b"], 1],
    ["PathExistsGlob=/a/*.x", ["make /a/b.y", "make /a/b.x"], 1],
    ["PathChanged=/a/b", ["make /a"], 0],
    ["PathChanged=/a/b", ["make /a/b"], 1],
    ["PathChanged=/a/b", ["make /a/b", "modify /a/b", "remove /a/b"], 3],
    ["PathChanged=/a/b", ["make /a/c", "modify /a/c"], 0],
    ["PathChanged=/a", ["make /a/c", "modify /a/c"], 2],
    ["PathModified=/a/b\nPathChanged=/c", ["make /a/b", "make /c"], 2],
    ["DirectoryNotEmpty=/a", ["make /a"], 0],
  ])("%s, %j", (path, steps, expected) => {
    // A unit that runs on would be started once; this one ends, and where the path stays so its limit ends it.
    const still = /PathExists|NotEmpty/.test(path);
    const world = machine(path, still ? forever : {});
    world.start("p.path").run(second);
    for (const step of steps) {
      const [what, file] = step.split(" ");
      world.kernel.file(what as "make", file!);
      world.run(second);
    }
    expect(runs(world)).toBe(expected);
    expect(world.stateOf("p.path")).toBe(still && expected > 0 ? "active running" : "active waiting");
  });

  test("what is there already triggers at the start, but not as a change", () => {
    for (const [path, expected] of [
      ["PathExists=/a/b", 1],
      ["DirectoryNotEmpty=/a", 1],
      ["PathChanged=/a/b", 0],
    ] as const) {
      const world = machine(path, forever);
      world.kernel.file("make", "/a/b");
      world.start("p.path").run(second);
      expect([path, runs(world)]).toEqual([path, expected]);
    }
  });
});

describe("no trigger is missed, and none repeated", () => {
  test("what happens while the answer to a look is on its way", () => {
    const world = machine("PathChanged=/a/b", { latencyUsec: second, ...forever });
    world.kernel.file("make", "/a/b");
    world.start("p.path").run(second / 2);
    world.kernel.file("modify", "/a/b");
    world.run(2 * second);
    expect([runs(world), world.stateOf("p.path")]).toEqual([1, "active running"]);
  });

  test("what comes between the check and the watch", () => {
    const world = machine("PathChanged=/a/b", forever);
    world.start("p.path");
    world.deliver({ kind: "pathsLooked", unit: "p.path", look: 1, found: [{ before: false, after: true }] });
    world.run(second);
    expect(runs(world)).toBe(1);
  });

  test("many changes at once are one; those while the unit runs are none; the next counts again", () => {
    const programs = { "p.service": { runsUsec: second, end: { code: "exited", status: 0 } as const } };
    const world = machine("PathChanged=/a/b", { programs });
    world.kernel.file("make", "/a/b");
    world.start("p.path").run(second);
    for (let i = 0; i < 50; i++) world.kernel.file("modify", "/a/b");
    world.run(second / 2);
    world.kernel.file("modify", "/a/b");
    world.run(2 * second);
    expect([runs(world), world.stateOf("p.path")]).toEqual([1, "active waiting"]);
    world.kernel.file("modify", "/a/b");
    world.run(2 * second);
    expect(runs(world)).toBe(2);
  });

  test("the manager may be killed before any effect: the unit is started as often", () => {
    const story = (killBefore?: (effect: number) => boolean): readonly unknown[] => {
      const world = machine("PathChanged=/a/b\nDirectoryNotEmpty=/a/d", killBefore === undefined ? {} : { killBefore });
      world.start("p.path").run(second);
      for (const [what, path] of [
        ["make", "/a/b"],
        ["modify", "/a/b"],
        ["make", "/a/c"],
        ["remove", "/a/b"],
      ] as const) {
        world.kernel.file(what, path);
        world.run(second);
      }
      world.request("p.path", "stop");
      world.run(second);
      return [runs(world), world.stateOf("p.path"), world.kernel.watched("p.path")];
    };
    expect(story()).toEqual([3, "inactive dead", 0]);
    for (let kill = 0; kill < 80; kill++)
      expect([kill, ...story((effect) => effect === kill)]).toEqual([kill, ...story()]);
  });
});

describe("a path unit's life", () => {
  test("what it starts is told why", () => {
    const world = machine("PathExistsGlob=/a/*", forever);
    world.start("p.path").run(second);
    world.kernel.file("make", "/a/b");
    world.run(second);
    const spawn = world.effects.find((effect) => effect.kind === "spawn");
    expect(spawn?.kind === "spawn" ? spawn.env : []).toEqual([
      ["TRIGGER_UNIT", "p.path"],
      ["TRIGGER_PATH", "/a/b"],
    ]);
  });

  test("it runs while its unit does, whoever started that", () => {
    const world = machine("PathChanged=/a", forever, service("ExecStart=/job"));
    world.start("p.path").run(second);
    world.start("p.service").run(second);
    expect([world.stateOf("p.path"), world.kernel.watched("p.path")]).toEqual(["active running", 0]);
    world.request("p.service", "stop");
    world.run(second);
    expect([world.stateOf("p.path"), world.kernel.watched("p.path")]).toEqual(["active waiting", 1]);
  });

  test("a path that stays as wanted starts its unit again, until a limit ends it", () => {
    for (const [unit, limit, expected] of [
      ["StartLimitIntervalSec=0", "TriggerLimitBurst=4", "trigger-limit-hit"],
      ["StartLimitBurst=3\nStartLimitIntervalSec=1h", "TriggerLimitBurst=40", "unit-start-limit-hit"],
    ] as const) {
      const world = machine(`PathExists=/a\n${limit}`, {}, service("Type=oneshot\nExecStart=/job", unit));
      world.kernel.file("make", "/a");
      world.start("p.path").run(60 * second);
      expect([world.stateOf("p.path"), result(world), world.kernel.watched("p.path")]).toEqual([
        "failed failed",
        expected,
        0,
      ]);
    }
  });

  test("paths that cannot be watched fail it; reset-failed mends that", () => {
    const world = machine("PathExists=/a/b");
    world.start("p.path");
    world.deliver({
      kind: "pathsLooked",
      unit: "p.path",
      look: 1,
      found: [{ before: false, after: false }],
      errno: 20,
    });
    expect([world.stateOf("p.path"), result(world)]).toEqual(["failed failed", "resources"]);
    expect(world.lines()).toContain("p.path: Failed to enter waiting state: Not a directory");
    expect(world.results).toContain("p.path/start failed");
    world.deliver({ kind: "resetFailed", request: 1, unit: "p.path" });
    expect([world.stateOf("p.path"), result(world)]).toEqual(["inactive dead", "success"]);
  });

  test("a stop while it looks is a stop, and no watch stays", () => {
    const world = machine("PathExists=/a", { latencyUsec: second });
    world.start("p.path");
    world.request("p.path", "stop");
    world.run(10 * second);
    expect([world.stateOf("p.path"), world.kernel.watched("p.path")]).toEqual(["inactive dead", 0]);
    world.start("p.path").run(10 * second);
    expect(world.stateOf("p.path")).toBe("active waiting");
  });

  test("after a reload it watches what the new file says", () => {
    const world = machine("PathExists=/a");
    world.start("p.path").run(second);
    const { loaded } = world.state.definitions;
    const changed = { ...loaded.get("p.path")!, settings: { Path: { Paths: [{ type: "PathExists", path: "/b" }] } } };
    const units = [...loaded.values()].map((unit) => (unit.id === "p.path" ? changed : unit));
    world.deliver({ kind: "load", units, replaceAll: true, reloaded: true });
    expect(world.effects.filter((effect) => effect.kind === "lookAtPaths")).toHaveLength(2);
    world.run(second);
    expect(world.stateOf("p.path")).toBe("active waiting");
  });
});
