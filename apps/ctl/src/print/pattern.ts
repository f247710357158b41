/** Shell patterns as fnmatch(3) knows them: `*`, `?`, `[…]`. */

function toRegExp(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    const end = char === "[" ? pattern.indexOf("]", at + 2) : -1;
    if (char === "*") source += ".*";
    else if (char === "?") source += ".";
    else if (end > 0) {
      source += `[${pattern
        .slice(at + 1, end)
        .replace(/^[!^]/, "^")
        .replaceAll("\\", "\\\\")}]`;
      at = end;
    } else source += char.replace(/[.+^${}()|\\[\]]/, "\\$&");
  }
  return new RegExp(`^${source}$`, "s");
}

/** Whether one of the patterns fits; no pattern fits everything. */
export function matchesPattern(name: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => toRegExp(pattern).test(name));
}
