/** The C program as a help for what Node cannot do: pseudo terminals, handing descriptors over, becoming another program. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { Failure } from "../failure.ts";

const place = "packages/process-runtime/keeper/bin/steward-keeper";

/** Where the program is: beside this one in the clone, however deep this file was bundled. */
export function helperPath(): string {
  let directory = dirname(realpathSync(process.argv[1] ?? "."));
  for (;;) {
    const path = join(directory, place);
    if (existsSync(path)) return path;
    const parent = dirname(directory);
    if (parent === directory)
      throw new Failure(`The program ${place} is not there: build with 'npx -y pnpm@12 build' in the clone.`);
    directory = parent;
  }
}

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly control: Duplex } {
  const child = spawn(helperPath(), args, { stdio: ["inherit", "inherit", "inherit", "pipe"] });
  return { child, control: child.stdio[3] as unknown as Duplex };
}

/** A stream to the socket at `path` whose first bytes take stdin, stdout and stderr along. */
export function handOverStreams(path: string): Duplex {
  const { control } = start("--relay", path);
  control.on("error", () => undefined);
  return control;
}

/** A pseudo terminal that is connected to the terminal at hand. */
export interface Terminal {
  /** Such as /dev/pts/3. */
  readonly name: string;
  /** Begins to pass on what is typed and what is written; the terminal at hand is in raw mode from now on. */
  connect(): void;
  /** What ran on it has ended: passes on what is left, and gives the terminal back. */
  end(): Promise<void>;
  /** Settles when nobody is connected any more: the person let go (^] three times), or the terminal is gone. */
  readonly left: Promise<void>;
}

/** Makes a pseudo terminal of the size of the one at hand. */
export function openTerminal(): Promise<Terminal> {
  const { child, control } = start("--terminal");
  control.on("error", () => undefined);
  const left = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("error", reject);
    void left.then(() => reject(new Failure("Failed to acquire pseudo tty.")));
    control.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      if (!text.includes("\n")) return;
      resolve({
        name: text.trimEnd(),
        connect: () => void control.write("go\n"),
        end: async () => {
          control.write("end\n");
          await left;
        },
        left,
      });
    });
  });
}

/** Becomes the program, in this process. */
export function become(command: readonly string[], env: Readonly<Record<string, string | undefined>>): never {
  const files = env.STEWARD_NOFILE ?? "0";
  const { STEWARD_NOFILE: _, ...rest } = env;
  const words = ["steward-keeper", "--exec", /^\d+$/.test(files) ? files : "0", ...command];
  const entries = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  process.execve!(helperPath(), words, Object.fromEntries(entries));
  throw new Failure("Failed to execute.");
}
