import type { JournalFile } from "./journal-file.ts";

/** What entries are wanted: those with a value, or combinations. An `all` of nothing is every entry. */
export type Match =
  | { readonly kind: "value"; readonly payload: Uint8Array }
  | { readonly kind: "all"; readonly of: readonly Match[] }
  | { readonly kind: "any"; readonly of: readonly Match[] };

/** Every entry. */
export const everything: Match = { kind: "all", of: [] };

export function matchValue(name: string, value: string | Uint8Array): Match {
  return {
    kind: "value",
    payload: Buffer.concat([Buffer.from(`${name}=`), typeof value === "string" ? Buffer.from(value) : value]),
  };
}

/**
 * Combines `NAME=value` as sd_journal_add_match(3) does: values of one field are alternatives, different fields must all
 * hold. Each list of `alternatives` is such a combination; an entry matches when one of them does ("+" of journalctl).
 */
export function matchFields(alternatives: readonly (readonly string[])[]): Match {
  const any = alternatives.map((terms): Match => {
    const byField = new Map<string, Match[]>();
    for (const term of terms) {
      const name = term.slice(0, term.indexOf("="));
      const values = byField.get(name) ?? [];
      values.push({ kind: "value", payload: Buffer.from(term) });
      byField.set(name, values);
    }
    return all([...byField.values()].map(anyOf));
  });
  return any.length === 0 ? everything : anyOf(any);
}

export function all(of: readonly Match[]): Match {
  return of.length === 1 ? of[0]! : { kind: "all", of };
}

export function anyOf(of: readonly Match[]): Match {
  return of.length === 1 ? of[0]! : { kind: "any", of };
}

/**
 * The nearest matching entry of a file at or after an offset (`down`), or at or before it (`up`); 0 when there is none. Uses
 * the file's index lists with bisection, and reads no entry.
 */
export function nearestMatch(file: JournalFile, match: Match, offset: number, direction: "down" | "up"): number {
  switch (match.kind) {
    case "value":
      return file.entriesWith(match.payload)?.nearest(offset, direction) ?? 0;
    case "any": {
      let best = 0;
      for (const one of match.of) {
        const found = nearestMatch(file, one, offset, direction);
        if (found !== 0 && (best === 0 || (direction === "down" ? found < best : found > best))) best = found;
      }
      return best;
    }
    case "all": {
      if (match.of.length === 0) return file.entries.nearest(offset, direction);
      let at = offset;
      for (let agreed = 0; agreed < match.of.length; ) {
        agreed = 0;
        for (const one of match.of) {
          const found = nearestMatch(file, one, at, direction);
          if (found === 0) return 0;
          if (found === at) agreed++;
          at = found;
        }
      }
      return at;
    }
  }
}
