/**
 * dot: units and what ties them together, for Graphviz: those that the running manager holds. Where none runs, or with --root=, those of the disk that
 * default.target pulls in.
 */
import { type Graph, toDot } from "@steward/graph";
import { listOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { matchesPattern } from "../print/pattern.ts";
import { isGlob, mangleUnitName, unitPath } from "../unit-name.ts";
import { offline } from "../verbs/unit-files.ts";
import { catalogOf, loadClosure } from "../verify/load-units.ts";

type Ties = Pick<Graph, "ids" | "dependencies">;

export async function dot(context: Context, patterns: readonly string[]): Promise<number> {
  const { options, out } = context;
  const from = listOption(options, "from-pattern");
  const to = listOption(options, "to-pattern");
  const ties = offline(context) ? fromDisk(context, patterns) : await fromManager(context);
  const only = options.order === true ? "order" : options.require === true ? "require" : undefined;
  const wanted = patterns.map((each) => mangleUnitName(each));
  const includes = (a: string, b: string): boolean =>
    matchesPattern(a, from) && matchesPattern(b, to) && (matchesPattern(a, wanted) || matchesPattern(b, wanted));
  out.write(toDot(ties, { includes, ...(only !== undefined && { only }) }));
  return 0;
}

function fromDisk({ options }: Context, patterns: readonly string[]): Ties {
  const names = patterns.filter((each) => !isGlob(each)).map((each) => mangleUnitName(each));
  return loadClosure(catalogOf(options), ["default.target", ...names], options).graph;
}

async function fromManager({ manager }: Context): Promise<Ties> {
  const [rows] = await manager.call("ListUnits");
  const names = (rows as unknown as readonly (readonly [string])[]).map(([name]) => name);
  const all = await Promise.all(names.map(async (name) => [name, await manager.getAll(unitPath(name))] as const));
  const held = new Map(all);
  return {
    ids: () => names,
    dependencies: (unit, kind) => (held.get(unit)?.get(kind)?.value ?? []) as string[],
  };
}
