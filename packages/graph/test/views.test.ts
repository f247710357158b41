import { expect, test } from "vitest";
import { buildGraph, findOrderingCycles, toDot } from "../src/index.ts";
import { bareUnits } from "./support/world.ts";

test("the graph for Graphviz, as systemd-analyze dot draws it", () => {
  const graph = buildGraph(
    bareUnits("b.target Wants=a.target After=a.target Conflicts=c.target\na.target\nc.target Requires=a.target"),
  );
  expect(toDot(graph)).toBe(
    [
      "digraph systemd {",
      '\t"b.target"->"a.target" [color="green"];',
      '\t"b.target"->"a.target" [color="grey66"];',
      '\t"b.target"->"c.target" [color="red"];',
      '\t"c.target"->"a.target" [color="black"];',
      "}",
      "",
    ].join("\n"),
  );
  expect(toDot(graph, { only: "order" })).toBe('digraph systemd {\n\t"b.target"->"a.target" [color="green"];\n}\n');
  expect(toDot(graph, { includes: (from) => from === "c.target" })).toBe(
    'digraph systemd {\n\t"c.target"->"a.target" [color="black"];\n}\n',
  );
});

test("ordering cycles, one for each knot", () => {
  const graph = buildGraph(
    bareUnits(
      "a.target After=b.target\nb.target After=c.target\nc.target After=a.target,d.target\nd.target After=e.target\ne.target Before=d.target\nf.target After=g.target\ng.target After=f.target",
    ),
  );
  const cycles = findOrderingCycles(graph);
  expect(cycles.map((cycle) => [...cycle].sort())).toEqual([
    ["a.target", "b.target", "c.target"],
    ["f.target", "g.target"],
  ]);
  for (const cycle of cycles)
    for (const [at, unit] of cycle.entries())
      expect(graph.has(unit, "After", cycle[(at + 1) % cycle.length] as string)).toBe(true);
});

test("a long chain is no cycle, and does not exhaust the stack", () => {
  const chain = Array.from({ length: 20_000 }, (_, at) => `c${at}.target${at ? ` After=c${at - 1}.target` : ""}`);
  expect(findOrderingCycles(buildGraph(bareUnits(chain.join("\n"))))).toEqual([]);
});
