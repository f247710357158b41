import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { exits, forever, listUnits, runtimeProperties, unitView } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const systemd = "/lib/systemd/systemd";

/** Names and signatures of an interface's properties, as the genuine systemd declares them. */
function declared(name: string): Map<string, string> {
  const xml = execFileSync(systemd, [`--bus-introspect=org.freedesktop.systemd1.${name}`], { encoding: "utf8" });
  const found = xml.matchAll(/<property name="(\w+)" type="([^"]+)"/g);
  return new Map([...found].map(([, property, type]) => [property!, type!]));
}

describe.skipIf(!existsSync(systemd))("properties are systemd's own (needs Debian's package systemd)", () => {
  test.each([
    ["a.service", "Service"],
    ["a.target", "Target"],
    ["a.slice", "Slice"],
    ["a.socket", "Socket"],
  ])("of %s", (unit, name) => {
    const world = new World({
      "a.service": service("ExecStart=/a"),
      "a.target": "",
      "a.socket": "[Socket]\nListenStream=/run/a\n",
    });
    const known = declared(name);
    for (const property of runtimeProperties(world.state, unit))
      expect(`${property.name} ${property.signature}`).toBe(`${property.name} ${known.get(property.name)}`);
  });
});

const value = (world: World, unit: string, name: string) =>
  runtimeProperties(world.state, unit).find((property) => property.name === name)?.value;

test("a service that runs, and one that failed", () => {
  const world = new World(
    { "a.service": service("ExecStart=/bin/a --flag"), "b.service": service("ExecStart=/b") },
    { programs: { "a.service": forever, "b.service": exits(3) } },
  );
  world.start("a.service").start("b.service").run();
  const { pid } = world.service("a.service").main!;
  expect(value(world, "a.service", "MainPID")).toBe(pid);
  expect(value(world, "a.service", "ActiveState")).toBe("active");
  expect(value(world, "a.service", "ActiveEnterTimestampMonotonic")).toBe(1_000_100n);
  expect(value(world, "a.service", "ExecStart")).toEqual([
    ["/bin/a", ["/bin/a", "--flag"], false, 1_700_000_001_000_100n, 1_000_100n, 0n, 0n, pid, 0, 0],
  ]);
  expect((value(world, "a.service", "InvocationID") as readonly number[]).length).toBe(16);
  expect(value(world, "a.service", "Job")).toEqual([0, "/"]);
  expect(
    ["Result", "ExecMainCode", "ExecMainStatus", "SubState"].map((name) => value(world, "b.service", name)),
  ).toEqual(["exit-code", 1, 3, "failed"]);
});

test("conditions are shown before they were looked at, and after", () => {
  const world = new World(
    { "a.service": service("ExecStart=/a", "ConditionPathExists=|!/x") },
    {
      conditions: () => ({
        conditions: [{ type: "ConditionPathExists", parameter: "/x", negate: true, trigger: true, result: "failed" }],
        asserts: [],
      }),
    },
  );
  expect(value(world, "a.service", "Conditions")).toEqual([["ConditionPathExists", true, true, "/x", 0]]);
  world.start("a.service").run();
  expect(value(world, "a.service", "Conditions")).toEqual([["ConditionPathExists", true, true, "/x", -1]]);
  expect(value(world, "a.service", "ConditionResult")).toBe(false);
});

test("lists: what is defined, and what is not there", () => {
  const world = new World({ "a.service": service("ExecStart=/a", "Description=An A") });
  expect(unitView(world.state, "nothing.service")).toMatchObject({ loadState: "not-found", activeState: "inactive" });
  const rows = listUnits(world.state);
  expect(rows.find((row) => row.id === "a.service")).toEqual({
    id: "a.service",
    description: "An A",
    loadState: "loaded",
    activeState: "inactive",
    subState: "dead",
    job: undefined,
  });
  expect(rows.find((row) => row.id === "-.slice")).toMatchObject({ activeState: "active", subState: "active" });
});
