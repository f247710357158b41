/** list-dependencies: the tree of what a unit needs, or of what needs it. */

import { unwrap } from "@steward/ipc";
import { expandNames } from "../bus/expand-names.ts";
import { busName } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { stateDot } from "../print/states.ts";
import { ellipsize } from "../print/table.ts";
import { terminalColumns } from "../print/terminal.ts";
import { unitPath } from "../unit-name.ts";
import { compareText, type Filters, printJson, readFilters, typeMatches, wantsJson } from "./filters.ts";

const forward = ["Requires", "Requisite", "Wants", "ConsistsOf", "BindsTo", "Upholds"];
const reverse = ["RequiredBy", "RequisiteOf", "WantedBy", "PartOf", "BoundBy", "UpheldBy"];

interface Walk {
  readonly context: Context;
  readonly filters: Filters;
  readonly kinds: readonly string[];
  /** The units above, or with --plain all that were shown. */
  readonly seen: Set<string>;
  readonly dependencies: Map<string, Promise<readonly string[]>>;
  readonly states: Map<string, Promise<string>>;
}

export async function listDependencies(context: Context, args: readonly string[]): Promise<number> {
  const { options, out } = context;
  const filters = readFilters(context);
  if (filters === undefined) return 0;
  const kinds =
    options.after === true
      ? ["After"]
      : options.before === true
        ? ["Before"]
        : options.reverse === true
          ? reverse
          : forward;
  const names = await expandNames(context, args.length > 0 ? args : ["default.target"]);
  const shared = {
    dependencies: new Map<string, Promise<readonly string[]>>(),
    states: new Map<string, Promise<string>>(),
  };
  const trees: unknown[] = [];
  for (const [index, name] of names.entries()) {
    const walk: Walk = { context, filters, kinds, seen: new Set(), ...shared };
    if (wantsJson(context)) {
      trees.push({ unit: name, dependencies: await jsonTree(walk, name) });
      continue;
    }
    if (index > 0) out.line();
    out.line(name);
    await branch(walk, name, []);
  }
  if (wantsJson(context)) printJson(context, trees.length === 1 ? trees[0] : trees);
  return 0;
}

function dependenciesOf({ context, kinds, dependencies }: Walk, name: string): Promise<readonly string[]> {
  let known = dependencies.get(name);
  if (known === undefined) {
    known = context.manager.getAll(unitPath(name)).then((properties) => {
      const names = kinds.flatMap((kind) => {
        const value = properties.get(kind);
        return value === undefined ? [] : (unwrap(value) as string[]);
      });
      return [...new Set(names)].sort(compareDependencies);
    });
    dependencies.set(name, known);
  }
  return known;
}

/** Targets come last. */
function compareDependencies(a: string, b: string): number {
  const target = Number(a.endsWith(".target")) - Number(b.endsWith(".target"));
  return target || compareText(a.toLowerCase(), b.toLowerCase());
}

function stateOf({ context, states }: Walk, name: string): Promise<string> {
  let known = states.get(name);
  if (known === undefined) {
    known = context.manager.get(unitPath(name), `${busName}.Unit`, "ActiveState").then(String, () => "inactive");
    states.set(name, known);
  }
  return known;
}

async function shown(walk: Walk, name: string): Promise<boolean> {
  if (!typeMatches(walk.filters, name)) return false;
  return walk.filters.states.length === 0 || walk.filters.states.includes(await stateOf(walk, name));
}

/** Prints what is below a unit. `last` says for each level above whether it was its parent's last. */
async function branch(walk: Walk, name: string, last: readonly boolean[]): Promise<void> {
  const { context, seen } = walk;
  const plain = context.options.plain === true;
  seen.add(name);
  const below = await dependenciesOf(walk, name);
  // All states of a level in one round trip.
  if (!plain) await Promise.all(below.map((each) => stateOf(walk, each)));
  let circular = false;
  for (const [index, each] of below.entries()) {
    if (seen.has(each)) {
      circular = true;
      continue;
    }
    const isLast = index === below.length - 1;
    if (await shown(walk, each)) context.out.line(await row(walk, each, [...last, isLast]));
    if (context.options.all === true || each.endsWith(".target")) await branch(walk, each, [...last, isLast]);
  }
  if (circular && !plain) context.out.line(`  ${treePrefix([...last, true])}...`);
  if (!plain) seen.delete(name);
}

async function row(walk: Walk, name: string, last: readonly boolean[]): Promise<string> {
  const { options } = walk.context;
  if (options.plain === true) return `  ${name}`;
  const prefix = treePrefix(last);
  const columns = options.full === true ? undefined : terminalColumns();
  const text = columns === undefined ? name : ellipsize(name, Math.max(columns - prefix.length - 2, 8));
  return `${stateDot(await stateOf(walk, name))} ${prefix}${text}`;
}

function treePrefix(last: readonly boolean[]): string {
  const above = last.slice(0, -1).map((each) => (each ? "  " : "│ "));
  return `${above.join("")}${last.at(-1) === true ? "└─" : "├─"}`;
}

async function jsonTree(walk: Walk, name: string): Promise<unknown[]> {
  walk.seen.add(name);
  const trees: unknown[] = [];
  for (const each of await dependenciesOf(walk, name)) {
    if (walk.seen.has(each) || !(await shown(walk, each))) continue;
    const active = await stateOf(walk, each);
    const deeper = walk.context.options.all === true || each.endsWith(".target");
    trees.push({ unit: each, active, ...(deeper && { dependencies: await jsonTree(walk, each) }) });
  }
  walk.seen.delete(name);
  return trees;
}
