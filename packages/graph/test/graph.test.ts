import { describe, expect, test } from "vitest";
import {
  addUnits,
  atomsOf,
  buildGraph,
  dependencyKinds,
  dependencyProperties,
  droppedDependencies,
  inverseKind,
  referencedNames,
  removeUnits,
} from "../src/index.ts";
import { bareUnits, unit } from "./support/world.ts";

describe("kinds", () => {
  test("the inverse of the inverse is the kind itself", () => {
    for (const kind of dependencyKinds) expect(inverseKind(inverseKind(kind))).toBe(kind);
  });

  test("no kind has an atom twice", () => {
    for (const kind of dependencyKinds) expect(new Set(atomsOf(kind)).size).toBe(atomsOf(kind).length);
  });
});

describe("edges", () => {
  test.each(dependencyKinds)("%s stands at both ends", (kind) => {
    const graph = buildGraph(bareUnits(`a.socket ${kind}=b.timer\nb.timer`));
    expect(graph.has("a.socket", kind, "b.timer")).toBe(true);
    expect(graph.has("b.timer", inverseKind(kind), "a.socket")).toBe(true);
  });

  test("a unit that only others speak of is missing until it comes", () => {
    const graph = buildGraph(bareUnits("a.target Wants=b.target"));
    expect(graph.missing()).toEqual(["b.target"]);
    addUnits(graph, bareUnits("b.target After=a.target"));
    expect(graph.missing()).toEqual([]);
    expect(graph.dependencies("b.target", "WantedBy")).toEqual(["a.target"]);
  });

  test("taking a unit away leaves what others say of it", () => {
    const graph = buildGraph(
      bareUnits("a.target Wants=b.target Before=b.target\nb.target After=a.target Wants=c.target"),
    );
    removeUnits(graph, ["b.target"]);
    expect(graph.unit("b.target")).toBeUndefined();
    expect(graph.missing()).toEqual(["b.target"]);
    expect(graph.dependencies("b.target", "After")).toEqual(["a.target"]);
    expect(graph.dependencies("c.target", "WantedBy")).toEqual([]);
    removeUnits(graph, ["a.target"]);
    expect([...graph.ids()]).toEqual([]);
    expect(graph.missing()).toEqual([]);
    expect(["a", "b", "c"].map((name) => graph.resolve(`${name}.target`))).toEqual([undefined, undefined, undefined]);
  });

  test("adding again replaces", () => {
    const graph = buildGraph(bareUnits("a.target Wants=b.target"));
    addUnits(graph, bareUnits("a.target Wants=c.target"));
    expect(graph.dependencies("a.target", "Wants")).toEqual(["c.target"]);
    expect(graph.dependencies("b.target", "WantedBy")).toEqual([]);
  });

  test("an alias is the unit, whether it was spoken of before or after", () => {
    const graph = buildGraph(bareUnits("a.target Wants=alias.target After=b.target"));
    addUnits(graph, [unit("b.target Conflicts=a.target !", { names: ["b.target", "alias.target"] })]);
    addUnits(graph, bareUnits("c.target Requires=alias.target"));
    expect(graph.resolve("alias.target")).toBe("b.target");
    expect(graph.dependencies("a.target", "Wants")).toEqual(["b.target"]);
    expect(graph.dependencies("alias.target", "RequiredBy")).toEqual(["c.target"]);
    expect(graph.dependencies("alias.target", "Before")).toEqual(["a.target"]);
    expect(graph.missing()).toEqual([]);
  });

  test("what means nothing is dropped: on oneself, a device that waits, a slice that fails", () => {
    const graph = buildGraph(bareUnits("-.slice After=-.slice Before=d.device OnFailure=b.target"));
    expect(dependencyProperties(graph, "-.slice").filter(({ value }) => value.length > 0)).toEqual([]);
  });
});

test("dependencies that mean nothing, in systemd's words", () => {
  const [x, w] = bareUnits(
    "x.service After=x.service,x.device Before=y.device,x.service OnFailure=x.service Wants=x.service Conflicts=x.service PartOf=x.service\nw.slice OnFailure=x.service OnSuccess=x.service",
  );
  expect(droppedDependencies(x!)).toEqual([
    "Dependency After=x.service is dropped.",
    "Dependency Before=y.device ignored (.device units cannot be delayed)",
    "Dependency Before=x.service is dropped.",
    "Dependency OnFailure=x.service is dropped.",
    "Dependency Conflicts=x.service is dropped.",
  ]);
  expect(droppedDependencies(w!)).toEqual([
    "Requested dependency OnFailure=x.service ignored (slice units cannot fail).",
  ]);
});

describe("what no file spells out", () => {
  test("a target follows what it pulls in, unless it precedes it or one of the two has no defaults", () => {
    const graph = buildGraph([
      unit("t.target Wants=a.target,b.target Requires=c.target Before=b.target"),
      unit("a.target"),
      unit("b.target"),
      unit("c.target !"),
    ]);
    expect(graph.dependencies("t.target", "After")).toEqual(["a.target"]);
    expect(graph.origins("t.target", "After", "a.target")).toEqual(["default"]);
  });

  test("the target may come later than its members", () => {
    const graph = buildGraph([unit("a.target WantedBy=t.target")]);
    addUnits(graph, [unit("t.target")]);
    expect(graph.has("t.target", "After", "a.target")).toBe(true);
    addUnits(graph, [unit("t.target !")]);
    expect(graph.has("t.target", "After", "a.target")).toBe(false);
    addUnits(graph, [unit("t.target")]);
    expect(graph.has("t.target", "After", "a.target")).toBe(true);
    removeUnits(graph, ["a.target"]);
    expect(graph.has("t.target", "After", "a.target")).toBe(false);
  });

  test("a path needs the mounts above it, whichever comes first; only those with a file are required", () => {
    const needs = unit("a.target !", {
      settings: { Unit: { DefaultDependencies: false, RequiresMountsFor: ["/srv/x/y"] } },
    });
    const srv = unit("srv.mount !", { fragmentPath: "/etc/systemd/system/srv.mount" });
    const below = unit("srv-x.mount !");
    const graphs = [buildGraph([needs, srv, below]), buildGraph([srv, below, needs])];
    for (const graph of graphs) {
      expect(new Set(graph.dependencies("a.target", "After"))).toEqual(new Set(["srv.mount", "srv-x.mount"]));
      expect(graph.dependencies("a.target", "Requires")).toEqual(["srv.mount"]);
      expect(new Set(graph.wantedMounts())).toEqual(new Set(["srv-x-y.mount", "-.mount"]));
      removeUnits(graph, ["srv-x.mount"]);
      expect(graph.dependencies("a.target", "After")).toEqual(["srv.mount"]);
      removeUnits(graph, ["a.target"]);
      addUnits(graph, [below]);
      expect(graph.dependencies("srv.mount", "RequiredBy")).toEqual(["srv-x.mount"]);
      expect(graph.has("srv.mount", "Before", "a.target")).toBe(false);
    }
  });

  test("what loading a unit makes the manager load", () => {
    expect(referencedNames(unit("a.timer Wants=x.service"))).toEqual([
      "x.service",
      "a.service",
      "timers.target",
      "sysinit.target",
      "shutdown.target",
    ]);
  });
});
