/** dot: units and what ties them together, for Graphviz; of default.target and all that it pulls in, from the disk. */
import { toDot } from "@steward/graph";
import { listOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { matchesPattern } from "../print/pattern.ts";
import { catalogOf, loadClosure } from "../verify/load-units.ts";

export async function dot({ options, out }: Context, patterns: readonly string[]): Promise<number> {
  const from = listOption(options, "from-pattern");
  const to = listOption(options, "to-pattern");
  const { graph } = loadClosure(
    catalogOf(options),
    ["default.target", ...patterns.filter((each) => !/[*?[]/.test(each))],
    options,
  );
  const only = options.order === true ? "order" : options.require === true ? "require" : undefined;
  const includes = (a: string, b: string): boolean =>
    matchesPattern(a, from) && matchesPattern(b, to) && (matchesPattern(a, patterns) || matchesPattern(b, patterns));
  out.write(toDot(graph, { includes, ...(only !== undefined && { only }) }));
  return 0;
}
