/** start, stop, restart and kin: one method call for each unit, then the end of all the jobs is awaited. */
import { DBusError, type Value } from "@steward/ipc";
import { expandNames } from "../bus/expand-names.ts";
import { type AwaitedJob, JobWaiter } from "../bus/job-waiter.ts";
import { busName, errorText, isCut } from "../bus/manager.ts";
import { textOption } from "../command-line.ts";
import { type Context, program } from "../context.ts";
import { exitCodeOfError, exitCodes } from "../exit-codes.ts";
import { monotonicUsec } from "../print/clock.ts";
import { isGlob } from "../unit-name.ts";

interface JobVerb {
  readonly method: string;
  readonly type: string;
  /** How messages call it: "Failed to start x". */
  readonly word: string;
}

const start: JobVerb = { method: "StartUnit", type: "start", word: "start" };
const tryRestart: JobVerb = { method: "TryRestartUnit", type: "try-restart", word: "try-restart" };
const reloadOrRestart: JobVerb = {
  method: "ReloadOrRestartUnit",
  type: "reload-or-restart",
  word: "reload-or-restart",
};
const reloadOrTry: JobVerb = {
  method: "ReloadOrTryRestartUnit",
  type: "reload-or-try-restart",
  word: "reload-or-try-restart",
};

const jobVerbs: { readonly [verb: string]: JobVerb } = {
  start,
  stop: { method: "StopUnit", type: "stop", word: "stop" },
  reload: { method: "ReloadUnit", type: "reload", word: "reload" },
  restart: { method: "RestartUnit", type: "restart", word: "restart" },
  "try-restart": tryRestart,
  condrestart: tryRestart,
  "reload-or-restart": reloadOrRestart,
  "force-reload": reloadOrRestart,
  "try-reload-or-restart": reloadOrTry,
  "reload-or-try-restart": reloadOrTry,
};

/** Errors that need no hint at the logs: they say all. */
const selfExplaining = ["NoSuchUnit", "UnitMasked", "JobTypeNotApplicable"].map((name) => `${busName}.${name}`);

export async function jobVerb(context: Context, args: readonly string[]): Promise<number> {
  const verb = jobVerbs[context.verb]!;
  if (verb === start && args.some(isGlob) && context.options.all !== true) warnOfPattern(context);
  const names = await expandNames(context, args);
  return runJobs(context, verb, names, textOption(context.options, "job-mode") ?? "replace");
}

/** `isolate`: what has no suffix is a target. */
export async function isolate(context: Context, args: readonly string[]): Promise<number> {
  const names = await expandNames(context, args, ".target");
  return runJobs(context, start, names, "isolate");
}

/** Starts one unit in a mode: what the verbs that end the system do. */
export function startUnit(context: Context, name: string, mode: string): Promise<number> {
  return runJobs(context, start, [name], mode);
}

/** For `--now` of enable, disable and mask. */
export function runNow(context: Context, verb: "start" | "stop", names: readonly string[]): Promise<number> {
  return runJobs(context, jobVerbs[verb]!, names, textOption(context.options, "job-mode") ?? "replace");
}

async function runJobs(context: Context, verb: JobVerb, names: readonly string[], mode: string): Promise<number> {
  const blocking = context.options["no-block"] !== true;
  const waiter = blocking ? new JobWaiter(context) : undefined;
  const jobs: AwaitedJob[] = [];
  let code: number = exitCodes.success;
  for (const unit of names) {
    try {
      const path = await enqueueSurely(context, verb, unit, mode);
      if (path !== undefined) jobs.push({ unit, path });
      await warnOfChangedFiles(context, unit);
    } catch (error) {
      if (!(error instanceof DBusError)) throw error;
      explainRefusal(context, verb, unit, error);
      if (code === exitCodes.success) code = exitCodeOfError(error.errorName);
    }
  }
  if (waiter !== undefined && !(await awaitAll(context, waiter, jobs))) code = code || exitCodes.failure;
  if (verb.method === "StopUnit") for (const unit of names) await warnOfTriggers(context, unit);
  if (waiter !== undefined && context.options.wait === true && code === exitCodes.success) {
    const { waitForEnd } = await import("./wait-for-end.ts");
    code = await waitForEnd(context, jobs);
  }
  return code;
}

async function awaitAll(context: Context, waiter: JobWaiter, jobs: readonly AwaitedJob[]): Promise<boolean> {
  const { judgeJob } = jobs.length > 0 ? await import("./job-result.ts") : { judgeJob: async () => true };
  let good = true;
  for (const ended of await waiter.wait(jobs)) if (!(await judgeJob(context, ended))) good = false;
  return good;
}

/**
 * Queues a job, also when the manager dies before it answers: then it is looked whether the job is there, or was done
 * already (nothing is to be awaited), and otherwise it is asked for again.
 */
async function enqueueSurely(context: Context, verb: JobVerb, unit: string, mode: string): Promise<string | undefined> {
  const { manager } = context;
  for (;;) {
    const askedAt = monotonicUsec();
    try {
      return await enqueue(context, verb, unit, mode);
    } catch (error) {
      if (!isCut(error)) throw error;
      manager.reset();
      const [id, path] = (await manager.getUnit(unit, "Job")) as [number, string];
      if (id > 0) return path;
      const changed = Number(await manager.getUnit(unit, "StateChangeTimestampMonotonic"));
      if (changed >= askedAt) return undefined;
    }
  }
}

async function enqueue({ manager, options, out }: Context, verb: JobVerb, unit: string, mode: string): Promise<string> {
  if (options["show-transaction"] !== true) {
    const [path] = await manager.call(verb.method, "ss", [unit, mode]);
    return String(path);
  }
  const [id, path, name, , type, others] = await manager.call("EnqueueUnitJob", "sss", [unit, verb.type, mode]);
  out.error(`Enqueued anchor job ${id} ${name}/${type}.`);
  for (const [other, , otherName, , otherType] of others as Value[][]) {
    out.error(`Enqueued auxiliary job ${other} ${otherName}/${otherType}.`);
  }
  return String(path);
}

function explainRefusal({ out, options }: Context, verb: JobVerb, unit: string, error: DBusError): void {
  out.error(`Failed to ${verb.word} ${unit}: ${errorText(error)}`);
  if (selfExplaining.includes(error.errorName)) return;
  const user = options.user === true;
  out.error(
    `See ${user ? "user" : "system"} logs and '${program}${user ? " --user" : ""} status ${unit}' for details.`,
  );
}

function warnOfPattern({ verb, out }: Context): void {
  out.error(
    `Warning: ${program} ${verb} called with a glob pattern.\nHint: unit globs expand to loaded units, so ${verb} will usually have no effect.\n      Passing --all will also load units which are pulled in by other units.\n      See systemctl(1) for more details.`,
  );
}

/** Says so when a unit's files are newer than what the manager has read. */
export async function warnOfChangedFiles({ manager, out, options }: Context, unit: string): Promise<void> {
  const stale = await manager.getUnit(unit, "NeedDaemonReload").catch(() => false);
  if (stale !== true || options["no-warn"] === true) return;
  const user = options.user === true ? " --user" : "";
  out.error(
    `Warning: The unit file, source configuration file or drop-ins of ${unit} changed on disk. Run '${program}${user} daemon-reload' to reload units.`,
  );
}

async function warnOfTriggers({ manager, out, options }: Context, unit: string): Promise<void> {
  if (options.quiet === true || options["no-warn"] === true) return;
  const load = await manager.getUnit(unit, "LoadState").catch(() => "masked");
  if (load === "masked") return;
  const triggers = ((await manager.getUnit(unit, "TriggeredBy").catch(() => [])) as string[]).filter(
    (name) => name !== unit,
  );
  const states = await Promise.all(triggers.map((name) => manager.getUnit(name, "ActiveState")));
  const active = triggers.filter((_, index) => states[index] === "active" || states[index] === "reloading");
  if (active.length === 0) return;
  out.error(
    `Warning: Stopping ${unit}, but it can still be activated by:\n${active.map((name) => `  ${name}`).join("\n")}`,
  );
}
