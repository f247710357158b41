import { spawnSync } from "node:child_process";
import { Manager } from "../src/bus/manager.ts";
import { parseCommandLine } from "../src/command-line.ts";
import type { Context } from "../src/context.ts";
import { Failure } from "../src/failure.ts";
import { Output } from "../src/output.ts";
import { findVerb } from "../src/verb-table.ts";

/** What a command did. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Keeps what a verb says in place of printing it. */
class Kept extends Output {
  said = "";
  err = "";
  override error(text: string): void {
    this.flush();
    this.err += `${text}\n`;
  }
  override flush(): void {
    this.said += this.take();
  }
}

/** Runs a verb of stewardctl that asks no manager. */
export async function own(...argv: readonly string[]): Promise<Said> {
  const line = parseCommandLine(argv);
  const out = new Kept();
  const context: Context = { verb: line.verb, options: line.options, manager: new Manager(line.options), out };
  try {
    const code = await (await findVerb(line.verb)!.load())(context, line.args);
    out.flush();
    return { code, out: out.said, err: out.err };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    out.flush();
    return { code: error.exitCode, out: out.said, err: `${out.err}${error.message}\n` };
  }
}

/** Runs the genuine program. */
export function genuine(program: string, ...argv: readonly string[]): Said {
  const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SYSTEMD_COLORS: "0" };
  const run = spawnSync(program, argv, { encoding: "utf8", env });
  return { code: run.status ?? -1, out: run.stdout, err: run.stderr };
}
