/** run: systemd-run(1), over the manager's own socket: no message bus is needed. */
import { randomBytes } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { DBusError, type Value } from "@steward/ipc";
import { JobWaiter } from "../bus/job-waiter.ts";
import { busName, errorText, isCut, Manager, managerPath, plain } from "../bus/manager.ts";
import { socketPath } from "../bus/socket-path.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { ownArguments } from "../own-options.ts";
import { mangleUnitName } from "../unit-name.ts";
import { judgeJob } from "../verbs/job-result.ts";
import { handOverStreams, openTerminal, type Terminal } from "./helper.ts";
import { type RunOptions, readRunOptions, runOptionTable } from "./options.ts";
import { type Request, requestOf, type WantedUnit } from "./request.ts";
import { becomeScope } from "./scope.ts";
import { endSummary, exitCodeOf } from "./summary.ts";
import { waitUntilEnded } from "./wait.ts";

export async function runVerb(context: Context, args: readonly string[]): Promise<number> {
  const usage = "[OPTION…] COMMAND [ARGUMENT…]";
  const own = ownArguments(context, args, runOptionTable, usage, "any");
  if (own === undefined) return 0;
  const options = readRunOptions(own.options, own.words, {
    env: process.env,
    directory: process.cwd(),
    onTerminal: process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY,
    shell: process.env.SHELL || userInfo().shell || "/bin/sh",
  });
  const manager = new Manager(own.options);
  try {
    return await runUnit({ ...context, options: own.options, manager }, options);
  } finally {
    manager.close();
  }
}

async function runUnit(context: Context, options: RunOptions): Promise<number> {
  const { manager, out } = context;
  const [program] = options.command;
  const path = program === undefined ? undefined : findProgram(program);
  const slice = await sliceOf(context, options);
  const terminal = options.streams === "pty" ? await openTerminal() : undefined;
  try {
    const request = requestOf(options, {
      random: randomBytes(16).toString("hex"),
      pid: process.pid,
      term: process.env.TERM || undefined,
      path,
      slice,
      terminal: terminal?.name,
    });
    const { name } = request.unit;
    const waiter = options.streams === "pipe" ? pipeWaiter(context) : new JobWaiter(context);
    const job = await startSurely(context, request, options);
    if (options.block && job !== undefined) {
      const [ended] = await waiter.wait([{ path: job, unit: name }]);
      if (!(await judgeJob(context, ended!))) return 1;
    }
    if (options.scope) return await becomeScope(context, name, options, path!);
    if (!options.quiet) for (const line of announcement(request, options)) out.error(line);
    if (!options.wait && options.streams === "none") return 0;
    return await accompany(context, name, options, terminal);
  } finally {
    await terminal?.end();
  }

  function pipeWaiter(of: Context): JobWaiter {
    manager.connectThrough(handOverStreams(socketPath(of.options)));
    return new JobWaiter(of);
  }
}

/** Until the service has ended, or the person lets go of the terminal without --wait. */
async function accompany(
  context: Context,
  unit: string,
  options: RunOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  const { out } = context;
  if (terminal !== undefined) {
    if (!options.quiet) out.error("Press ^] three times within 1s to disconnect TTY.");
    terminal.connect();
  }
  const left = terminal === undefined || options.wait ? new Promise<never>(() => undefined) : terminal.left;
  const ended = await Promise.race([waitUntilEnded(context, unit), left.then(() => "left" as const)]);
  await terminal?.end();
  if (ended === "left") return 0;
  if (ended === undefined) return 0;
  if (options.wait && !options.quiet) for (const line of endSummary(ended)) out.error(line);
  return exitCodeOf(ended);
}

/** What is said when the unit has started. */
function announcement({ unit, auxiliary }: Request, { trigger }: RunOptions): readonly string[] {
  if (trigger === undefined) return [`Running as unit: ${unit.name}`];
  const [service] = auxiliary;
  return [
    `Running ${trigger.type} as unit: ${unit.name}`,
    ...(service === undefined ? [] : [`Will run service as unit: ${service.name}`]),
  ];
}

const pairs = ({ properties }: WantedUnit): Value => properties as Value;

/** Makes the unit, also when the manager dies before it answers: then it is looked whether the unit is there. Gives the job's path. */
async function startSurely(context: Context, request: Request, options: RunOptions): Promise<string | undefined> {
  const { manager } = context;
  const { unit, auxiliary } = request;
  const type = unit.name.slice(unit.name.lastIndexOf(".") + 1);
  for (;;) {
    try {
      const [path] = await manager.bus.call({
        path: managerPath,
        interface: `${busName}.Manager`,
        member: "StartTransientUnit",
        signature: "ssa(sv)a(sa(sv))",
        body: [unit.name, "fail", pairs(unit), auxiliary.map((other) => [other.name, pairs(other)])],
        interactive: true,
        ...(options.streams === "pipe" ? { fds: 3 } : {}),
      });
      return String(path);
    } catch (error) {
      if (!isCut(error)) {
        if (!(error instanceof DBusError)) throw await explained(context, error);
        throw new Failure(`Failed to start transient ${type} unit: ${errorText(error)}`);
      }
      manager.reset();
      if ((await manager.getUnit(unit.name, "Transient")) === true) {
        const [id, path] = (await manager.getUnit(unit.name, "Job")) as [number, string];
        return id > 0 ? path : undefined;
      }
      if (options.streams === "pipe") throw new Failure("The manager went away before it took the streams. Try again.");
    }
  }
}

/** Whatever kept the connection from coming about, with the advice that other verbs give. */
async function explained({ manager }: Context, error: unknown): Promise<unknown> {
  manager.reset();
  return await manager.getManager("Version").then(
    () => error,
    (advice: unknown) => advice,
  );
}

/** The program as an absolute path, found as a shell finds it. */
function findProgram(name: string): string {
  if (name.includes("/")) {
    if (statSync(name, { throwIfNoEntry: false }) === undefined)
      throw new Failure(`Failed to find executable ${name}: No such file or directory`);
    return name.startsWith("/") ? name : join(process.cwd(), name);
  }
  for (const directory of (process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin").split(":")) {
    const path = join(directory === "" ? process.cwd() : directory, name);
    try {
      if (!statSync(path).isFile()) continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  throw new Failure(`Failed to find executable ${name}: No such file or directory`);
}

/** --slice=, below the slice that this process is in with --slice-inherit. */
async function sliceOf({ manager }: Context, { slice, sliceInherit }: RunOptions): Promise<string | undefined> {
  const named = slice === undefined ? undefined : mangleUnitName(slice, ".slice");
  if (!sliceInherit) return named;
  const [path] = await manager.call("GetUnitByPID", "u", [process.pid]).catch(() => [undefined]);
  if (path === undefined) return named;
  const own = plain<string>(await manager.getAll(String(path)), "Slice");
  if (own === undefined || own === "" || own === "-.slice") return named;
  if (named === undefined) return own;
  return `${own.slice(0, -".slice".length)}-${named}`;
}
