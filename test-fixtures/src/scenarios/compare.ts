import { Stage, type Trace } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { closest, isAmong } from "./verdict.ts";

export interface Difference {
  readonly index: number;
  readonly systemd: Trace;
  readonly steward: Trace;
}

/**
 * Plays scenarios under steward and gives back those that went otherwise than systemd ever did. Programs and pauses are a matter of
 * milliseconds on a machine that does other things too: what differs is played again, fewer at a time.
 */
export async function compare(
  entries: readonly { readonly scenario: Scenario; readonly known: readonly Trace[] }[],
  atOnce: number,
): Promise<{ readonly different: readonly Difference[]; readonly again: number }> {
  const stage = await Stage.open("steward");
  let different: Difference[] = [];
  let again = 0;
  try {
    let left = entries.map((_, index) => index);
    for (const crowd of [atOnce, 2, 1]) {
      if (left.length === 0) break;
      const traces = await stage.play(left.map((index) => entries[index]!.scenario), crowd); // biome-ignore format: one line
      const before = left.length;
      different = left.flatMap((index, at) => {
        const { known } = entries[index]!;
        const steward = traces[at]!;
        return isAmong(steward, known) ? [] : [{ index, steward, systemd: closest(steward, known) ?? [] }];
      });
      if (crowd !== atOnce) again += before - different.length;
      left = different.map(({ index }) => index);
    }
  } finally {
    await stage.close();
  }
  return { different, again };
}
