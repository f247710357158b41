/** cat: a unit's files as they are on the disk. */
import { readFileSync } from "node:fs";
import { expandNames } from "../bus/expand-names.ts";
import { type Context, program } from "../context.ts";
import { highlightBlue, highlightMagenta, highlightRed } from "../print/terminal.ts";

export async function cat(context: Context, args: readonly string[]): Promise<number> {
  const names = await expandNames(context, args);
  let code = 0;
  let first = true;
  for (const name of names) {
    const files = await filesOf(context, name);
    if (files === undefined) {
      code = 1;
      continue;
    }
    if (!first) context.out.line();
    first = false;
    if (files.stale) warn(context, name);
    print(context, files.paths);
  }
  return code;
}

async function filesOf(
  { manager, out }: Context,
  name: string,
): Promise<{ paths: string[]; stale: boolean } | undefined> {
  const [load, fragment, dropIns, stale] = await Promise.all([
    manager.getUnit(name, "LoadState"),
    manager.getUnit(name, "FragmentPath"),
    manager.getUnit(name, "DropInPaths"),
    manager.getUnit(name, "NeedDaemonReload"),
  ]);
  if (load === "masked") {
    out.line(highlightMagenta(`# Unit ${name} is masked.`));
    return { paths: [], stale: false };
  }
  const paths = [...(fragment === "" ? [] : [String(fragment)]), ...(dropIns as string[])];
  if (load === "not-found" || paths.length === 0) {
    out.error(`No files found for ${name}.`);
    return undefined;
  }
  return { paths, stale: stale === true };
}

function warn({ out, options }: Context, name: string): void {
  const user = options.user === true ? " --user" : "";
  const lines = [
    `# Warning: ${name} changed on disk, the version systemd has loaded is outdated.`,
    "# This output shows the current version of the unit's original fragment and drop-in files.",
    "# If fragments or drop-ins were added or removed, they are not properly reflected in this output.",
    `# Run '${program}${user} daemon-reload' to reload units.`,
  ];
  out.error(highlightRed(lines.join("\n")));
}

function print({ out }: Context, paths: readonly string[]): void {
  for (const [index, path] of paths.entries()) {
    if (index > 0) out.line();
    out.line(highlightBlue(`# ${path}`));
    try {
      out.write(readFileSync(path, "utf8"));
    } catch (error) {
      out.error(`Failed to open ${path}: ${(error as Error).message}`);
    }
  }
}
