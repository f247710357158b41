/** What was measured, by name; each name as often as it was measured. */
export type Samples = Map<string, number[]>;

export function add(samples: Samples, name: string, value: number): void {
  const known = samples.get(name);
  if (known === undefined) samples.set(name, [value]);
  else known.push(value);
}

export function median(samples: Samples, name: string): number {
  const sorted = [...(samples.get(name) ?? [])].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
