import { spawn } from "node:child_process";

/** What to run and how: the whole environment, a time-out in milliseconds, and who hears the lines that it prints. */
export interface ProgramCall {
  readonly path: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Told of each line of standard error, and of standard output too unless that is collected. */
  readonly log: (line: string) => void;
  readonly collectOutput?: boolean;
}

/** How a program ended: its exit status, or the signal or error that kept it from having one. */
export interface ProgramEnd {
  readonly path: string;
  readonly status: number | undefined;
  readonly failure: string | undefined;
  /** Standard output, where it was collected. */
  readonly output: string;
}

const outputMax = 1024 * 1024;

/** Gives whole lines to `take`, the last one also without its newline. */
function lineSplitter(take: (line: string) => void): { push(text: string): void; end(): void } {
  let rest = "";
  return {
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
      if (rest.length > outputMax) rest = "";
    },
    end() {
      if (rest !== "") take(rest);
      rest = "";
    },
  };
}

/** Runs a program in a process group of its own, which a time-out kills as a whole. Never rejects: whatever goes wrong is in the answer. */
export function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { path, args, environment, timeoutMs, log, collectOutput } = call;
  return new Promise((resolve) => {
    let output = "";
    let timedOut = false;
    const child = spawn(path, [...args], {
      env: { ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) killGroup(child.pid);
      // A grandchild that left the group may hold the pipes for ever: what was heard by now is all there is.
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeoutMs);
    const [out, err] = [lineSplitter(log), lineSplitter(log)];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (!collectOutput) out.push(text);
      else if (output.length < outputMax) output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => err.push(text));
    const finish = (status: number | undefined, failure: string | undefined): void => {
      clearTimeout(timer);
      out.end();
      err.end();
      resolve({ path, status, failure, output });
    };
    child.once("error", (error: NodeJS.ErrnoException) => finish(undefined, error.code ?? error.message));
    child.once("close", (code, signal) =>
      finish(code ?? undefined, timedOut ? "timed out" : signal === null ? undefined : `killed by ${signal}`),
    );
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}
