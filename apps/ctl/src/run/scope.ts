/** The command of a scope runs in this very process: it inherits all that this one has. */
import { setPriority } from "node:os";
import { systemNames } from "@steward/process-runtime";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { become } from "./helper.ts";
import type { RunOptions } from "./options.ts";

/** Identity, place and environment of the command, then the command itself. */
export async function becomeScope(context: Context, unit: string, options: RunOptions, path: string): Promise<never> {
  const { manager, out } = context;
  const invocation = (await manager.getUnit(unit, "InvocationID").catch(() => new Uint8Array())) as Uint8Array;
  const env: Record<string, string | undefined> = { ...process.env };
  if (invocation.length > 0) env.INVOCATION_ID = Buffer.from(invocation).toString("hex");
  if (options.nice !== undefined) attempt(`Failed to set nice level`, () => setPriority(0, options.nice as number));
  if (options.gid !== undefined) changeGroup(options.gid);
  if (options.uid !== undefined) changeUser(options.uid, options.gid !== undefined, env);
  const { workingDirectory } = options;
  if (workingDirectory !== undefined)
    attempt(`Failed to change directory to '${workingDirectory}'`, () => process.chdir(workingDirectory));
  for (const entry of options.environment)
    env[entry.slice(0, entry.indexOf("="))] = entry.slice(entry.indexOf("=") + 1);
  if (!options.quiet) out.error(`Running scope as unit: ${unit}`);
  out.flush();
  manager.close();
  become([path, ...options.command.slice(1)], env);
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Failure(`${what}: ${(error as Error).message}`, 1, { cause: error });
  }
}

function changeGroup(name: string): void {
  const group = systemNames().group(name);
  if (group === undefined) throw new Failure(`Failed to resolve group ${name}: No such process`);
  attempt(`Failed to change GID to ${group.gid}`, () => process.setgid!(group.gid));
}

function changeUser(name: string, keepGroup: boolean, env: Record<string, string | undefined>): void {
  const user = systemNames().user(name);
  if (user === undefined) throw new Failure(`Failed to resolve user ${name}: No such process`);
  Object.assign(env, { HOME: user.home, SHELL: user.shell, USER: user.name, LOGNAME: user.name });
  attempt(`Failed to change UID to ${user.uid}`, () => {
    if (!keepGroup) process.setgid!(user.gid);
    // Root's other groups are not the user's.
    if (process.getuid?.() === 0) process.setgroups!([process.getgid!()]);
    process.setuid!(user.uid);
  });
}
