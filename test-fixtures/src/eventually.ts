import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks until the answer satisfies, and gives it back: how a test waits for an event that it cannot subscribe to. Ends by throwing
 * with the last answer when `withinMs` have passed; that bound is for a broken daemon, no test depends on its size.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T> | T,
  satisfied: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}; last: ${JSON.stringify(answer)}`);
    await pause(20);
  }
}
