/** Waits until a unit has ended, over deaths of the manager. */

import { isCut, type Properties, plain } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { unitPath } from "../unit-name.ts";

const RETRY_PAUSE_MSEC = 50;

/**
 * The unit's properties once it is at rest and has no job; undefined when it is not loaded any more, which says that it ended well:
 * one that failed stays. `stop` ends the waiting sooner.
 */
export async function waitUntilEnded(context: Context, unit: string): Promise<Properties | undefined> {
  const { manager } = context;
  const path = unitPath(unit);
  let wake = (): void => undefined;
  manager.onSignal((signal) => {
    if (signal.path === path && signal.member === "PropertiesChanged") wake();
  });
  let generation = manager.generation;
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    if (generation !== manager.generation) {
      generation = manager.generation;
      // The reference went with the connection; a unit that is gone needs none.
      await manager.call("RefUnit", "s", [unit]).catch(() => undefined);
    }
    const { closed } = manager.bus;
    const properties = await manager.getAll(path);
    if (plain<string>(properties, "LoadState") === "not-found") return undefined;
    const [job] = plain<[number, string]>(properties, "Job") ?? [0];
    if (job === 0 && /^(inactive|failed)$/.test(plain<string>(properties, "ActiveState") ?? "")) return properties;
    if (generation !== manager.generation) continue;
    if (await Promise.race([changed.then(() => false), closed.then(() => true)])) await comeBack(context);
  }
}

async function comeBack({ manager }: Context): Promise<void> {
  for (;;) {
    manager.reset();
    try {
      await manager.bus.ready;
      return;
    } catch (error) {
      if (!isCut(error) && !/^(ENOENT|ECONNREFUSED)$/.test(String((error as { code?: string }).code))) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MSEC));
    }
  }
}
