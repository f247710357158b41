import { parseTimespan } from "@steward/time";
import { isValidUnitName, nearestWord, parseSignal, signalName } from "@steward/unit-file";

interface Word {
  readonly text: string;
  /** Counted from 1. */
  readonly column: number;
  /** It was written in quotes: no keyword. */
  readonly quoted: boolean;
}

/** What is wrong with a line. Caught where lines are read, one error a line; it never leaves the parser. */
export class LineError extends Error {
  readonly column: number;
  constructor(column: number, message: string) {
    super(message);
    this.column = column;
  }
}

const separate: ReadonlySet<string> = new Set(["(", ")", ","]);

/** A line's words. `#` begins a comment; quotes hold words with blanks together; commas and brackets stand by themselves. */
function split(line: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < line.length; ) {
    const char = line[at]!;
    if (char === "#") break;
    if (char === " " || char === "\t") {
      at++;
      continue;
    }
    const column = at + 1;
    if (separate.has(char)) {
      words.push({ text: char, column, quoted: false });
      at++;
      continue;
    }
    let text = "";
    let quoted = false;
    while (at < line.length && !/[\s(),]/.test(line[at]!)) {
      if (line[at] !== '"') {
        text += line[at++];
        continue;
      }
      const end = line.indexOf('"', at + 1);
      if (end < 0) throw new LineError(at + 1, 'This quote is not closed. Expected another " on the same line.');
      text += line.slice(at + 1, end);
      quoted = true;
      at = end + 1;
    }
    words.push({ text, column, quoted });
  }
  return words;
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

/** Reads one line from left to right; whatever is not what it has to be is an error with its column and what was expected. */
export class Words {
  readonly #words: readonly Word[];
  readonly #end: number;
  #at = 0;

  constructor(line: string) {
    this.#words = split(line);
    this.#end = line.trimEnd().length + 1;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#words.length;
  }

  /** The column of the next word. */
  get column(): number {
    return this.#words[this.#at]?.column ?? this.#end;
  }

  peek(): string | undefined {
    const word = this.#words[this.#at];
    return word?.quoted ? undefined : word?.text;
  }

  /** Takes the next word if it is this one. */
  take(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#at++;
    return true;
  }

  /** The next word has to be this one. */
  need(word: string): void {
    if (!this.take(word)) this.fail(`Expected "${word}"`);
  }

  /** The next word, whatever it is. */
  next(expected: string): string {
    const word = this.#words[this.#at];
    if (word === undefined || (!word.quoted && separate.has(word.text))) return this.fail(`Expected ${expected}`);
    this.#at++;
    return word.text;
  }

  /** One of some words. */
  choose<W extends string>(choices: readonly W[]): W {
    const word = this.peek() as W | undefined;
    if (word !== undefined && choices.includes(word)) {
      this.#at++;
      return word;
    }
    const near = word === undefined ? undefined : nearestWord(word, choices);
    return this.fail(`Expected ${list(choices)}`, near === undefined ? "" : ` Did you mean ${near}?`);
  }

  /** A time span as systemd.time(7) has it, in one word: 200ms, 1min30s, 5. */
  time(): number {
    const column = this.column;
    const text = this.next("a time span, as 200ms, 5s or 1min30s");
    const usec = parseTimespan(text);
    if (usec === undefined || usec === Number.POSITIVE_INFINITY)
      throw new LineError(column, `"${text}" is no time span. Expected one as 200ms, 5s or 1min30s (systemd.time(7)).`);
    return usec;
  }

  unit(): string {
    const column = this.column;
    const text = this.next("the name of a unit, as web.service");
    if (!isValidUnitName(text))
      throw new LineError(column, `"${text}" is no name of a unit. Expected one as web.service (systemd.unit(5)).`);
    return text;
  }

  /** An absolute path. */
  path(): string {
    const column = this.column;
    const text = this.next("an absolute path, as /run/flag");
    if (!text.startsWith("/")) throw new LineError(column, `"${text}" is no absolute path. Expected one as /run/flag.`);
    return text;
  }

  signal(): number {
    const column = this.column;
    return this.signalOf(this.next("a signal, as SIGTERM"), column);
  }

  /** The signal that a word names, which stands in that column. */
  signalOf(text: string, column: number): number {
    const signal = parseSignal(text.toUpperCase());
    if (signal === undefined)
      throw new LineError(column, `"${text}" is no signal. Expected one as SIGTERM, TERM or 15 (signal(7)).`);
    return signal;
  }

  /** Whether the next word is a signal. */
  seesSignal(): boolean {
    const word = this.peek();
    return word !== undefined && parseSignal(word.toUpperCase()) !== undefined;
  }

  number(what: string, most: number): number {
    const column = this.column;
    const text = this.next(what);
    if (!/^[0-9]+$/.test(text) || Number(text) > most)
      throw new LineError(column, `"${text}" is not ${what}. Expected a number from 0 to ${most}.`);
    return Number(text);
  }

  /** FIELD=VALUE of sd_notify(3). */
  field(): readonly [string, string] {
    const column = this.column;
    const text = this.next("a field of sd_notify(3), as READY=1");
    const at = text.indexOf("=");
    if (at <= 0) throw new LineError(column, `"${text}" is no field of sd_notify(3). Expected one as READY=1.`);
    return [text.slice(0, at), text.slice(at + 1)];
  }

  seesField(): boolean {
    return this.#words[this.#at]?.text.includes("=") === true;
  }

  end(): void {
    if (!this.isEmpty) this.fail("Expected the end of the line");
  }

  /** An error at the next word. */
  fail(expected: string, hint = ""): never {
    const word = this.#words[this.#at];
    const found = word === undefined ? "the line ends here" : `not "${word.text}"`;
    throw new LineError(this.column, `${expected}, ${found}.${hint}`);
  }
}

/** A signal by its usual name. */
export function signalWord(signal: number): string {
  const name = signalName(signal);
  return name === undefined ? String(signal) : `SIG${name}`;
}
