import fs from "node:fs";
import { findPrograms } from "./programs.ts";
import { type ProgramEnd, runProgram } from "./run-program.ts";

/** Where generators write units: before, between and behind the other directories of the search path (systemd.generator(7)). */
export interface GeneratorOutput {
  readonly normal: string;
  readonly early: string;
  readonly late: string;
}

/** What to run generators with. */
export interface GeneratorOptions {
  /** Directories of generators, the most important first. */
  readonly directories: readonly string[];
  readonly output: GeneratorOutput;
  /** The whole environment that they get: $PATH, and what systemd.generator(7) lists ($SYSTEMD_SCOPE, $SYSTEMD_VIRTUALIZATION …). */
  readonly environment: Readonly<Record<string, string>>;
  /** How long one may take; systemd waits 90 s. */
  readonly timeoutMs?: number;
  /** Told of each line that a generator prints, with its path. */
  readonly log?: (path: string, line: string) => void;
}

/** systemd's directories of generators, the most important first. */
export function generatorDirectories(scope: "system" | "user"): readonly string[] {
  return ["/run", "/etc", "/usr/local/lib", "/usr/lib"].map((base) => `${base}/systemd/${scope}-generators`);
}

/**
 * Runs every generator, all at once, on fresh output directories, and removes the directories that stay empty. A generator that fails or takes too long
 * keeps no other from its work; how each ended is the answer.
 */
export async function runGenerators(options: GeneratorOptions): Promise<readonly ProgramEnd[]> {
  const { directories, output, environment, timeoutMs = 90_000, log = () => undefined } = options;
  const outputs = [output.normal, output.early, output.late];
  for (const directory of outputs) {
    fs.rmSync(directory, { recursive: true, force: true });
    fs.mkdirSync(directory, { recursive: true, mode: 0o755 });
  }
  const ends = await Promise.all(
    findPrograms(directories).map((path) =>
      runProgram({ path, args: outputs, environment, timeoutMs, log: (line) => log(path, line) }),
    ),
  );
  for (const directory of outputs) removeIfEmpty(directory);
  return ends;
}

function removeIfEmpty(directory: string): void {
  try {
    fs.rmdirSync(directory);
  } catch {
    // There are units in it.
  }
}
