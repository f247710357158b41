/** unit-files: which file each unit name leads to, and its aliases. */
import { scanUnitPaths } from "@steward/unit-file";
import type { Context } from "../context.ts";
import { matchesPattern } from "../print/pattern.ts";
import { compareText, printJson, wantsJson } from "../verbs/filters.ts";
import { installPlace } from "../verbs/install-place.ts";

export async function unitFiles(context: Context, patterns: readonly string[]): Promise<number> {
  const { tree, paths } = installPlace(context.options);
  const catalog = scanUnitPaths(tree, paths.search);
  const ids = [...catalog.entries]
    .map(([name, entry]) => ({ name, target: "alias" in entry ? entry.alias : entry.path }))
    .filter(({ name, target }) => matchesPattern(name, patterns) || matchesPattern(target, patterns))
    .sort((a, b) => compareText(a.name, b.name));
  const aliases = [...catalog.entries]
    .filter(([, entry]) => "path" in entry && tree.readlink(entry.path) !== "/dev/null")
    .map(([name]) => [name, [...(catalog.aliases.get(name) ?? []), name]] as const)
    .filter(([name, names]) => [name, ...names].some((each) => matchesPattern(each, patterns)))
    .sort(([a], [b]) => compareText(a, b));
  if (wantsJson(context)) {
    printJson(context, {
      ids: ids.map(({ name, target }) => ({ name, target })),
      aliases: aliases.map(([name, names]) => ({ name, aliases: names })),
    });
    return 0;
  }
  for (const { name, target } of ids) context.out.line(`ids: ${name} → ${target}`);
  for (const [name, names] of aliases) context.out.line(`aliases: ${name} ← ${names.join(", ")}`);
  return 0;
}
