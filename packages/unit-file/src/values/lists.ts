import { nextWord, type WordOptions } from "../words.ts";
import type { Assignment, Kind } from "./kind.ts";

/** Calls `each` with every word of an assignment; complains in systemd's words where the quoting is off. */
export function forEachWord(a: Assignment, options: WordOptions, each: (word: string) => void, from = a.value): void {
  let at = 0;
  for (;;) {
    const result = nextWord(from, at, options);
    if (result === "end") return;
    if (result === "malformed") {
      a.warn(`Invalid syntax, ignoring: ${a.value}`);
      return;
    }
    each(result.word);
    at = result.next;
  }
}

/** A list to which every assignment adds, and which an empty one resets. `parse` adds what it finds. */
export function list<T>(
  name: string,
  signature: string,
  parse: (a: Assignment, add: (item: T) => void, previous: readonly T[]) => void,
  toBus: (items: readonly T[]) => ReturnType<Kind<T>["toBus"]>,
): Kind<readonly T[]> {
  return {
    name,
    signature,
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const items = [...previous];
      parse(a, (item) => items.push(item), previous);
      return items;
    },
    toBus,
  };
}

/** A list of words with specifiers (RestrictFileSystems= and its kin have their own). */
export function words(
  name: string,
  signature = "as",
  options: WordOptions = { unquote: true, retainEscape: true },
): Kind<readonly string[]> {
  return list<string>(
    name,
    signature,
    (a, add) =>
      forEachWord(a, options, (word) => {
        const value = a.expand(word);
        if (value === undefined) a.warn(`Failed to resolve unit specifiers in '${word}', ignoring: ${a.expandError()}`);
        else add(value);
      }),
    (v) => v,
  );
}
