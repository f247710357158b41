/** Quoting for the shell, as systemd prints lists and variables. */

const NEEDS_QUOTES = /[\s"\\`$*?['()<>|&;!]/;

/** Text that a shell would split or expand, in double quotes. The empty text is "". */
export function quoteDouble(text: string): string {
  if (text === "") return '""';
  if (!NEEDS_QUOTES.test(text) && !hasControl(text)) return text;
  return `"${escapeText(text, /["\\`$]/)}"`;
}

/** The same in $'…', as show-environment prints values. The empty text stays. */
export function quotePosix(text: string): string {
  if (text === "" || (!NEEDS_QUOTES.test(text) && !hasControl(text))) return text;
  return `$'${escapeText(text, /[\\']/)}'`;
}

function hasControl(text: string): boolean {
  return /[\x00-\x1f\x7f]/.test(text);
}

const escapes: { readonly [char: string]: string } = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function escapeText(text: string, special: RegExp): string {
  return [...text]
    .map((char) => {
      if (special.test(char)) return `\\${char}`;
      if (hasControl(char)) return escapes[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
      return char;
    })
    .join("");
}
