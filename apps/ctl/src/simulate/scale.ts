/** Where a moment stands in a drawing. */
export interface Scale {
  at(usec: number): number;
  /** The right end. */
  readonly end: number;
  /** Moments that are written below, as many as have room. */
  readonly ticks: readonly { readonly atUsec: number; readonly x: number }[];
}

const LEAST = 760;
const TICK = 64;

/** How wide a pause is drawn: a millisecond and an hour can stand on one page because it grows with the logarithm. */
function gap(usec: number): number {
  return 5 + 27 * Math.log10(1 + usec / 1_000);
}

/** A scale through all moments at which something happens; between them it is even. */
export function timeScale(moments: readonly number[], from: number): Scale {
  const times = [...new Set(moments)].sort((a, b) => a - b);
  const places = [0];
  for (let i = 1; i < times.length; i++) places.push(places[i - 1]! + gap(times[i]! - times[i - 1]!));
  const natural = places.at(-1) || 1;
  const stretch = Math.max(1, LEAST / natural);
  const xs = places.map((place) => from + place * stretch);
  const known = new Map(times.map((time, i) => [time, xs[i]!]));
  const ticks: { atUsec: number; x: number }[] = [];
  for (const [i, atUsec] of times.entries()) {
    const x = xs[i]!;
    if (ticks.length === 0 || x - ticks.at(-1)!.x >= TICK) ticks.push({ atUsec, x });
  }
  return { at: (usec) => known.get(usec) ?? from, end: xs.at(-1) ?? from, ticks };
}
