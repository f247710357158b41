/** is-active and is-failed: what a shell script asks, so they load nothing else. */
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { isGlob, mangleUnitName } from "../unit-name.ts";

/** Prints each unit's state; succeeds when one of them is in a state asked for. */
async function checkStates(
  context: Context,
  args: readonly string[],
  good: readonly string[],
  bad: number,
): Promise<number> {
  const { manager, out, options } = context;
  let names = args.map((name) => mangleUnitName(name));
  if (names.some(isGlob)) names = await (await import("../bus/expand-names.ts")).expandNames(context, args);
  const states = await Promise.all(names.map((name) => manager.getUnit(name, "ActiveState")));
  for (const state of states) if (options.quiet !== true) out.line(String(state));
  return states.some((state) => good.includes(String(state))) ? exitCodes.success : bad;
}

export function isActive(context: Context, args: readonly string[]): Promise<number> {
  return checkStates(context, args, ["active", "reloading"], exitCodes.notRunning);
}

export function isFailed(context: Context, args: readonly string[]): Promise<number> {
  return checkStates(context, args, ["failed"], exitCodes.failure);
}

/** The state of the whole; succeeds when it is running (systemctl(1), is-system-running). */
export async function isSystemRunning({ manager, out, options }: Context): Promise<number> {
  const read = async (): Promise<string> => String(await manager.getManager("SystemState"));
  let state = await read();
  if (options.wait === true && (state === "initializing" || state === "starting")) {
    const finished = new Promise<void>((resolve) => {
      manager.bus.onSignal((signal) => {
        if (signal.member === "StartupFinished") resolve();
      });
    });
    state = await read();
    if (state === "initializing" || state === "starting") {
      await finished;
      state = await read();
    }
  }
  if (options.quiet !== true) out.line(state);
  return state === "running" ? exitCodes.success : exitCodes.failure;
}
