/** completion: a script for a shell, and the answers that the script asks for. */
import { basename } from "node:path";
import { program } from "../context.ts";
import { Failure } from "../failure.ts";
import { writeAll } from "../output.ts";
import { candidates } from "./candidates.ts";
import { completionScripts } from "./scripts.ts";

/** `completion [SHELL]` prints a script; `completion --words WORD…` prints what may stand in place of the last word, with what it is for. */
export async function completion(argv: readonly string[]): Promise<number> {
  if (argv[0] === "--words") {
    const found = await candidates(argv.slice(1));
    const lines = found.map(({ word, help }) => (help === undefined ? word : `${word}\t${help.replace(/\s+/g, " ")}`));
    writeAll(1, lines.map((line) => `${line}\n`).join(""));
    return 0;
  }
  const shell = argv[0] ?? basename(process.env.SHELL ?? "bash");
  const script = Object.hasOwn(completionScripts, shell) ? completionScripts[shell] : undefined;
  if (script === undefined) {
    const known = Object.keys(completionScripts).join(", ");
    throw new Failure(`${program} completion: no script for ${shell}; there are those for ${known}.`);
  }
  writeAll(1, script);
  return 0;
}
