/** What an import gives: unit files, and notes on what they could not take over. */

/** A unit file in the making. */
export interface ImportedUnit {
  readonly name: string;
  readonly text: string;
}

/** A line of the source that has no or no exact counterpart. Line 0: the file as a whole. */
export interface Note {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface Imported {
  readonly units: readonly ImportedUnit[];
  readonly notes: readonly Note[];
}

/** Sections with their lines, in order. Undefined values are left out. */
export type Sections = readonly (readonly [
  section: string,
  lines: readonly (readonly [key: string, value: string | undefined])[],
])[];

export function unitText(source: string, sections: Sections): string {
  const blocks = sections.map(([name, lines]) => [
    `[${name}]`,
    ...lines.flatMap(([key, value]) => (value === undefined ? [] : `${key}=${value}`)),
  ]);
  return `# Imported from ${source}\n${blocks
    .filter((block) => block.length > 1)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

/** Text in which no specifier is meant (systemd.unit(5), "Specifiers"). */
export function literal(text: string): string {
  return text.replaceAll("%", "%%");
}

/** One word of a command line, so that systemd reads it back as it is (systemd.service(5), "Command lines"). */
export function commandWord(text: string): string {
  const safe = literal(text).replaceAll("$", "$$$$");
  if (safe === ";") return "\\;";
  if (safe !== "" && !/[\s"'\\;]/.test(safe)) return safe;
  return `"${safe.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}

/** One assignment of Environment= (systemd.exec(5)); `$` is no special character there. */
export function assignment(name: string, value: string): string {
  const text = `${name}=${literal(value)}`;
  return /[\s"'\\]/.test(text) ? `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"` : text;
}

/** Splits as a POSIX shell does, quotes taken away, nothing expanded; undefined where quotes are not closed. */
export function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = closingQuote(text, at);
      if (end < 0) return undefined;
      const inner = text.slice(at + 1, end);
      word = (word ?? "") + (char === "'" ? inner : inner.replace(/\\(["\\$`])/g, "$1"));
      at = end;
    } else if (char === "\\" && at + 1 < text.length) {
      at++;
      word = (word ?? "") + text[at]!;
    } else word = (word ?? "") + char;
  }
  return word === undefined ? words : [...words, word];
}

function closingQuote(text: string, from: number): number {
  const quote = text[from]!;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\" && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}
