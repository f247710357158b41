/**
 * edit: a drop-in for a unit, or with --full its file, in the person's editor (systemctl(1), "edit"). Files are found on the disk and written there;
 * a manager that runs is told afterwards. Each text is checked before it is written.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { decodeUtf8, scanUnitPaths, type UnitCatalog } from "@steward/unit-file";
import { applyDiskChanges } from "@steward/unit-tree";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { matchesPattern } from "../print/pattern.ts";
import { isGlob, mangleUnitName } from "../unit-name.ts";
import { installPlace } from "../verbs/install-place.ts";
import { offline, reload } from "../verbs/unit-files.ts";
import { printFinding } from "../verify/finding.ts";
import { checkEdit } from "./check.ts";
import { editedContent, editorText, firstLine, trimmed } from "./edit-text.ts";
import { askLetter, Drafts, runEditor } from "./editor.ts";
import { type EditOptions, type Target, targetOf } from "./targets.ts";

/** A target with what is to stand in it. */
interface Edited {
  readonly target: Target;
  readonly text: string;
}

export async function edit(context: Context, args: readonly string[]): Promise<number> {
  const { options } = context;
  const { tree, paths } = installPlace(options);
  const catalog = scanUnitPaths(tree, paths.search);
  const wanted = editOptions(context);
  const names = namesOf(catalog, args);
  if (names.length === 0) throw new Failure("No units matched the specified patterns.");
  const all = names.map((name) => targetOf(catalog, paths, name, wanted));
  const targets = all.filter((target, index) => all.findIndex(({ path }) => path === target.path) === index);
  const written = options.stdin === true ? fromInput(context, targets) : inEditor(context, targets);
  if (written === 0) return 0;
  if (!offline(context)) await reload(context);
  return 0;
}

function editOptions({ options }: Context): EditOptions {
  const full = options.full === true;
  const given = textOption(options, "drop-in");
  if (full && given !== undefined) throw new Failure("--full and --drop-in= cannot be combined.");
  const dropIn = given === undefined ? "override.conf" : given.endsWith(".conf") ? given : `${given}.conf`;
  if (!/^[^/]+$/.test(dropIn) || dropIn.startsWith(".")) throw new Failure(`Invalid drop-in file name '${given}'.`);
  const scope = options.global === true ? " --global" : options.user === true ? " --user" : "";
  return { full, dropIn, scope, runtime: options.runtime === true, force: options.force === true };
}

/** Patterns select among the files that are there. */
function namesOf(catalog: UnitCatalog, args: readonly string[]): string[] {
  const names = args.flatMap((arg) => {
    if (!isGlob(arg)) return [mangleUnitName(arg)];
    return [...catalog.entries.keys()].filter((name) => matchesPattern(name, [mangleUnitName(arg)])).sort();
  });
  return [...new Set(names)];
}

/** Every unit gets the text on standard input. */
function fromInput(context: Context, targets: readonly Target[]): number {
  const text = trimmed(decodeUtf8(readFileSync(0)));
  if (text === "") throw new Failure("Standard input is empty: nothing was changed.");
  return write(
    context,
    targets.map((target) => ({ target, text })),
  );
}

function inEditor(context: Context, targets: readonly Target[]): number {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  // A script that names an editor for this means it.
  if (!isTerminal && process.env.SYSTEMD_EDITOR === undefined) throw new Failure("Cannot edit units if not on a tty.");
  const isFull = context.options.full === true;
  const drafts = new Drafts();
  const open = targets.map((target) => ({
    target,
    file: drafts.add(
      isFull ? basename(target.path) : `${target.unit}.conf`,
      isFull ? target.content : editorText(target.path, target.content, target.originals),
    ),
  }));
  try {
    for (;;) {
      runEditor(
        open.map(({ file }) => file),
        isFull ? 1 : firstLine,
      );
      const edited = open.flatMap(({ target, file }): Edited[] => {
        const raw = drafts.read(file);
        const text = isFull ? trimmed(raw) && raw : editedContent(target.path, raw);
        if (text === "") context.out.error(`Editing "${target.path}" canceled: temporary file is empty.`);
        return text === "" || text === target.content ? [] : [{ target, text }];
      });
      if (isTerminal && context.options.force !== true && complain(context, edited)) {
        const answer = askLetter("Edit again, write it as it is, or give up? [(e)dit, (w)rite, (g)ive up] ", "ewg");
        if (answer === "e") continue;
        if (answer === "g") throw new Failure("Nothing was written.");
        return put(context, edited, drafts);
      }
      return write(context, edited, drafts);
    }
  } catch (error) {
    if (error instanceof Failure)
      throw new Failure(`${error.message}\nWhat you wrote is kept: ${open.map(({ file }) => file).join(" ")}`);
    throw error;
  }
}

/** Says what is wrong with the new texts; whether anything is. */
function complain(context: Context, edited: readonly Edited[]): boolean {
  return checked(context, edited).some(({ findings }) => findings.length > 0);
}

function checked(context: Context, edited: readonly Edited[]): { isBroken: boolean; findings: readonly unknown[] }[] {
  const { options } = context;
  const { tree, paths } = installPlace(options);
  const root = (textOption(options, "root") ?? "").replace(/\/+$/, "");
  return edited.map(({ target, text }) => {
    const result = checkEdit(tree, paths.search, target, text, options, root);
    for (const finding of result.findings) printFinding(context, finding);
    return result;
  });
}

/** Without anybody to ask: what would leave a unit that cannot be loaded is refused, unless --force is given. */
function write(context: Context, edited: readonly Edited[], drafts?: Drafts): number {
  const results = checked(context, edited);
  const broken = edited.filter((_, index) => results[index]?.isBroken);
  if (broken.length > 0 && context.options.force !== true) {
    const names = broken.map(({ target }) => target.unit).join(", ");
    throw new Failure(`Nothing was written: ${names} could not be loaded so. Use --force to write it all the same.`);
  }
  return put(context, edited, drafts);
}

function put({ options }: Context, edited: readonly Edited[], drafts?: Drafts): number {
  const changes = edited.map(({ target, text }) => ({ type: "write" as const, path: target.path, text }));
  const [failure] = applyDiskChanges(changes, textOption(options, "root") ?? "/");
  if (failure !== undefined) throw new Failure(`Failed to write ${failure.change.path}: ${failure.error}`);
  drafts?.remove();
  return edited.length;
}
