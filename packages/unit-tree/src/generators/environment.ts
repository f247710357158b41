import { parseEnvironmentFile, type UnitTree } from "@steward/unit-file";
import { expandVariables } from "./expand-variables.ts";
import { findPrograms } from "./programs.ts";
import { type ProgramEnd, runProgram } from "./run-program.ts";

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** The directories of environment.d(5), the most important first. */
export function environmentDirectories(configHome: string): readonly string[] {
  return [
    `${configHome}/environment.d`,
    "/etc/environment.d",
    "/run/environment.d",
    "/usr/local/lib/environment.d",
    "/usr/lib/environment.d",
  ];
}

/** systemd's directories of environment generators, the most important first. */
export function environmentGeneratorDirectories(scope: "system" | "user"): readonly string[] {
  return ["/run", "/etc", "/usr/local/lib", "/usr/lib"].map(
    (base) => `${base}/systemd/${scope}-environment-generators`,
  );
}

function merge(variables: Variables, text: string, file: string): Variables {
  const merged: Record<string, string> = { ...variables };
  for (const { name, value } of parseEnvironmentFile(text, file).value) merged[name] = expandVariables(value, merged);
  return merged;
}

/** Reads environment.d(5): files by the order of their names, later settings seeing earlier ones. */
export function readEnvironmentDirectories(
  tree: UnitTree,
  directories: readonly string[],
  variables: Variables,
): Variables {
  const files = new Map<string, string>();
  for (const directory of directories) {
    for (const { name } of tree.list(directory) ?? []) {
      if (name.endsWith(".conf") && !files.has(name)) files.set(name, `${directory}/${name}`);
    }
  }
  let merged = variables;
  for (const [, path] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = tree.read(path);
    if (file.ok) merged = merge(merged, file.text, path);
  }
  return merged;
}

/** What environment generators are run with (systemd.environment-generator(7)). */
export interface EnvironmentGeneratorOptions {
  readonly directories: readonly string[];
  readonly variables: Variables;
  readonly timeoutMs?: number;
  readonly log?: (path: string, line: string) => void;
}

/**
 * Runs environment generators one after another by their names: each sees what those before it printed. One that fails is reported, and what it printed
 * does not count.
 */
export async function runEnvironmentGenerators(
  options: EnvironmentGeneratorOptions,
): Promise<{ readonly variables: Variables; readonly ends: readonly ProgramEnd[] }> {
  const { directories, timeoutMs = 90_000, log = () => undefined } = options;
  let { variables } = options;
  const ends: ProgramEnd[] = [];
  for (const path of findPrograms(directories)) {
    const call = { path, args: [], environment: variables, timeoutMs, collectOutput: true };
    const end = await runProgram({ ...call, log: (line) => log(path, line) });
    ends.push(end);
    if (end.status === 0) variables = merge(variables, end.output, path);
  }
  return { variables, ends };
}
