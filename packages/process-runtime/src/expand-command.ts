/** Variables in command lines, systemd.service(5), "Command lines". */

/** Looks up a variable; undefined when it is not set. */
export type Variables = (name: string) => string | undefined;

/**
 * Expands the words of a command: `$NAME` as a word of its own becomes the value's words (none when empty or unset, quotes
 * group), `${NAME}` anywhere becomes the value (empty when unset), `$$` is a dollar. Anything else stays.
 */
export function expandArguments(argv: readonly string[], variables: Variables): string[] {
  const out: string[] = [];
  for (const word of argv) {
    if (word.startsWith("$") && word[1] !== "{" && word[1] !== "$") {
      const value = variables(word.slice(1));
      if (value !== undefined) out.push(...splitWords(value));
    } else out.push(expandWord(word, variables));
  }
  return out;
}

/** Replaces `${NAME}` and `$$` inside one word; `${NAME:-…}` is not systemd's here and stays. */
export function expandWord(word: string, variables: Variables): string {
  return word.replace(/\$(?:\$|\{([^}:]*)\})/g, (_, name: string | undefined) =>
    name === undefined ? "$" : (variables(name) ?? ""),
  );
}

/** Splits at white space; quotes group and are removed, a backslash takes the next character, an open quote ends with the text. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const c = text[at] as string;
    if (c === "\\") {
      at += 1;
      word = (word ?? "") + (text[at] ?? "");
    } else if (quote !== "") {
      if (c === quote) quote = "";
      else word = (word ?? "") + c;
    } else if (c === "'" || c === '"') {
      quote = c;
      word ??= "";
    } else if (c === " " || c === "\t" || c === "\n" || c === "\r") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}
