/** Finds a pattern in messages. */
export interface Grep {
  /** Where it is found, from and to; undefined when it is not. */
  find(message: string): readonly [number, number] | undefined;
}

/**
 * A pattern of `-g`: case counts only when the pattern has an upper-case letter, unless `caseSensitive` says it
 * (journalctl(1), --grep=). The language is JavaScript's, which agrees with PCRE2 in all but rare constructs. Undefined when it is none.
 */
export function grepPattern(pattern: string, caseSensitive?: boolean): Grep | undefined {
  const sensitive = caseSensitive ?? /\p{Lu}/u.test(pattern);
  const flags = sensitive ? "" : "i";
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, `${flags}u`);
  } catch {
    // PCRE allows escapes that JavaScript's Unicode mode does not.
    try {
      expression = new RegExp(pattern, flags);
    } catch {
      return undefined;
    }
  }
  return {
    find(message) {
      const match = expression.exec(message);
      return match === null ? undefined : [match.index, match.index + match[0].length];
    },
  };
}
