import type { Manager } from "./bus/manager.ts";
import type { Options } from "./command-line.ts";
import type { Output } from "./output.ts";

/** What a verb works with. */
export interface Context {
  readonly verb: string;
  readonly options: Options;
  readonly manager: Manager;
  readonly out: Output;
}

/** A verb: takes its arguments, gives the exit code. */
export type Run = (context: Context, args: readonly string[]) => Promise<number>;

/** The program's name in hints. */
export const program = "stewardctl";
