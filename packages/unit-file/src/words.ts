import { decodeUtf8, encodeUtf8, isSpace } from "./text.ts";

/** How words are taken from a line; the names are those of systemd's flags. */
export interface WordOptions {
  /** Separators; white space where nothing is said. */
  readonly separators?: string;
  /** Quotes group and vanish. */
  readonly unquote?: boolean;
  /** Backslash starts a C escape (systemd.service(5), "Command lines"). */
  readonly cUnescape?: boolean;
  /** A backslash before a separator or a backslash takes it literally. */
  readonly unescapeSeparators?: boolean;
  /** Escapes that are none stay as they are. */
  readonly unescapeRelax?: boolean;
  /** Backslashes stay as they are. */
  readonly retainEscape?: boolean;
  /** Unbalanced quotes are taken as they are. */
  readonly relax?: boolean;
  /** Two separators in a row enclose an empty word. */
  readonly dontCoalesce?: boolean;
}

/** A word and where the rest begins, or the reason why there is none: the end, or something malformed. */
export type WordResult = { readonly word: string; readonly next: number } | "end" | "malformed";

/** Takes the next word of `text` from offset `at`. */
export function nextWord(text: string, at: number, options: WordOptions): WordResult {
  const { separators } = options;
  const isSeparator = (unit: number): boolean =>
    separators === undefined ? isSpace(unit) : separators.includes(String.fromCharCode(unit));
  let i = at;
  if (!options.dontCoalesce) while (i < text.length && isSeparator(text.charCodeAt(i))) i += 1;
  if (i >= text.length) return "end";

  let word = "";
  let quote = 0;
  let hasBytes = false;
  const done = (next: number): WordResult => ({ word: hasBytes ? decodeUtf8(encodeUtf8(word)) : word, next });
  for (; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 92 && !options.retainEscape) {
      i += 1;
      if (i >= text.length) {
        if (options.unescapeRelax && (quote === 0 || options.relax)) return done2(`${word}\\`);
        return options.relax ? done(i) : "malformed";
      }
      const next = text.charCodeAt(i);
      if (options.cUnescape || options.unescapeSeparators) {
        const decoded = options.cUnescape ? cEscape(text, i) : undefined;
        if (decoded) {
          word += decoded.text;
          hasBytes ||= decoded.byte;
          i += decoded.length - 1;
        } else if (options.unescapeSeparators && (next === 92 || isSeparator(next))) word += text[i];
        else if (options.unescapeRelax) word += `\\${text[i]}`;
        else return "malformed";
      } else word += text[i];
    } else if (quote !== 0) {
      if (unit === quote) {
        quote = 0;
        if (!options.unquote) word += text[i];
      } else word += text[i];
    } else if ((unit === 34 || unit === 39) && options.unquote) {
      quote = unit;
    } else if (isSeparator(unit)) {
      i += 1;
      if (!options.dontCoalesce) while (i < text.length && isSeparator(text.charCodeAt(i))) i += 1;
      return done(i);
    } else word += text[i];
  }
  if (quote !== 0 && !options.relax) return "malformed";
  return done(i);

  function done2(whole: string): WordResult {
    word = whole;
    return done(i);
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
  s: " ",
};

/** Decodes one C escape, the offset being that of the character after the backslash. NUL and what is out of range is none. */
function cEscape(text: string, at: number): { text: string; length: number; byte: boolean } | undefined {
  const letter = text[at] as string;
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { text: simple, length: 1, byte: false };
  if (letter === "x") return byteEscape(text.slice(at + 1, at + 3), 16, 2, 1);
  if (letter >= "0" && letter <= "7") return byteEscape(text.slice(at, at + 3), 8, 3, 0);
  if (letter === "u" || letter === "U") {
    const digits = text.slice(at + 1, at + (letter === "u" ? 5 : 9));
    if (digits.length !== (letter === "u" ? 4 : 8) || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
    const point = Number.parseInt(digits, 16);
    if (point === 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    return { text: String.fromCodePoint(point), length: digits.length + 1, byte: false };
  }
  return undefined;
}

function byteEscape(digits: string, base: 8 | 16, count: number, extra: number) {
  if (digits.length !== count || !(base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/).test(digits)) return undefined;
  const value = Number.parseInt(digits, base);
  if (value === 0 || value > 255) return undefined;
  // A byte above 0x7f may be part of a UTF-8 sequence written in escapes: it travels as text.ts says until the word is whole.
  return value < 0x80
    ? { text: String.fromCharCode(value), length: count + extra, byte: false }
    : { text: String.fromCharCode(0xdc00 + value), length: count + extra, byte: true };
}

/** All words of a line, or what stands in the way. */
function allWords(text: string, options: WordOptions): { words: string[]; malformed: boolean } {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    const result = nextWord(text, at, options);
    if (result === "end") return { words, malformed: false };
    if (result === "malformed") return { words, malformed: true };
    words.push(result.word);
    at = result.next;
  }
}

/**
 * Splits a command line as systemd does (systemd.service(5), "Command lines"): white space separates, quotes group, C escapes are decoded.
 * No shell: nothing is expanded. Errors: unbalanced quoting; unknown escapes stay as they are and are counted in `unknownEscapes`.
 */
export function splitCommandLine(text: string): {
  words: string[];
  error?: "unbalanced-quoting";
  unknownEscapes: boolean;
} {
  const strict = allWords(text, { unquote: true, cUnescape: true });
  if (!strict.malformed) return { words: strict.words, unknownEscapes: false };
  const relaxed = allWords(text, { unquote: true, cUnescape: true, unescapeRelax: true });
  if (relaxed.malformed) return { words: relaxed.words, error: "unbalanced-quoting", unknownEscapes: false };
  return { words: relaxed.words, unknownEscapes: true };
}
