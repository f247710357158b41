/** `start --wait`: until the started units are inactive or failed again (systemctl(1), --wait). */
import type { AwaitedJob } from "../bus/job-waiter.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { unitPath } from "../unit-name.ts";

/** Until a unit's ActiveState is another than this one, which it then is. */
export async function waitWhile({ manager }: Context, unit: string, state: string): Promise<string> {
  let wake = (): void => undefined;
  manager.bus.onSignal((signal) => {
    if (signal.member === "PropertiesChanged" && signal.path === unitPath(unit)) wake();
  });
  for (;;) {
    const next = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const now = await manager.getUnit(unit, "ActiveState");
    if (now !== state) return String(now);
    const closed = manager.bus.closed.then((error) => {
      throw error ?? new Error("Connection is closed");
    });
    await Promise.race([next, closed]);
  }
}

/** Fails when one of the units has failed. */
export async function waitForEnd({ manager }: Context, jobs: readonly AwaitedJob[]): Promise<number> {
  const changed = new Map<string, () => void>();
  manager.bus.onSignal((signal) => {
    if (signal.member === "PropertiesChanged") changed.get(signal.path ?? "")?.();
  });
  const states = await Promise.all(
    jobs.map(async ({ unit }) => {
      for (;;) {
        const next = new Promise<void>((resolve) => changed.set(unitPath(unit), resolve));
        const state = await manager.getUnit(unit, "ActiveState");
        if (state === "inactive" || state === "failed") return state;
        const closed = manager.bus.closed.then((error) => {
          throw error ?? new Error("Connection is closed");
        });
        await Promise.race([next, closed]);
      }
    }),
  );
  return states.includes("failed") ? exitCodes.failure : exitCodes.success;
}
