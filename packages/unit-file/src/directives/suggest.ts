import { type SectionName, sectionOf } from "./sections.ts";

/** The number of letters to insert, leave out, change or swap to make one word of the other; Infinity beyond `limit`. */
function distance(x: string, y: string, limit: number): number {
  if (Math.abs(x.length - y.length) > limit) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: y.length + 1 }, (_, i) => i);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let k = 1; k <= y.length; k++) {
      const same = x[i - 1] === y[k - 1];
      let cost = Math.min((row[k] as number) + 1, (next[k - 1] as number) + 1, (row[k - 1] as number) + (same ? 0 : 1));
      if (i > 1 && k > 1 && x[i - 1] === y[k - 2] && x[i - 2] === y[k - 1])
        cost = Math.min(cost, (before[k - 2] as number) + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  const found = row[y.length] as number;
  return found <= limit ? found : Number.POSITIVE_INFINITY;
}

/** The word among `words` that a misspelt one is most likely meant to be; undefined where none is near. Letter case counts as half a mistake. */
export function nearestWord(word: string, words: Iterable<string>): string | undefined {
  const limit = word.length <= 4 ? 1 : word.length <= 9 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = limit + 0.75;
  for (const candidate of words) {
    if (candidate === word) continue;
    const found = distance(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** What a directive that does not exist was probably meant to be: one of the section's own, or "Section.Name" where it belongs to another. */
export function suggestDirective(
  section: string,
  name: string,
  others: readonly SectionName[] = ["Unit", "Service", "Install"],
): string | undefined {
  const own = sectionOf(section);
  for (const other of others) {
    if (other !== section && sectionOf(other)?.directives.has(name)) return `${other}.${name}`;
  }
  return own ? nearestWord(name, own.directives.keys()) : undefined;
}
