/** Shell patterns as fnmatch(3) with FNM_NOESCAPE has them: `*`, `?`, and `[...]` with ranges and `!` or `^`. */
export function fnmatch(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern);
  let at = 0;
  let token = 0;
  // Where the last star stands, and how much of the text it has taken: only that one is ever tried again, so the time is bounded.
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const next = tokens[token];
    if (next === "any") {
      star = token++;
      taken = at;
    } else if (next?.(text[at]!)) {
      at++;
      token++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++taken;
    } else return false;
  }
  while (tokens[token] === "any") token++;
  return token === tokens.length;
}

/** One part of a pattern: any text at all, or a test of one character. */
type Token = "any" | ((c: string) => boolean);

const known = new Map<string, readonly Token[]>();
const knownMax = 4096;

function tokensOf(pattern: string): readonly Token[] {
  const cached = known.get(pattern);
  if (cached !== undefined) return cached;
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    const end = c === "[" ? classEnd(pattern, i) : -1;
    if (c === "*") tokens.push("any");
    else if (c === "?") tokens.push(() => true);
    else if (end > 0) {
      tokens.push(classTest(pattern.slice(i + 1, end)));
      i = end;
    } else tokens.push((other) => other === c);
  }
  if (known.size >= knownMax) known.clear();
  known.set(pattern, tokens);
  return tokens;
}

/** Where a class ends; a bracket that stands first belongs to it. -1 when it never does, and the bracket is one like any other. */
function classEnd(pattern: string, open: number): number {
  const negated = pattern[open + 1] === "!" || pattern[open + 1] === "^";
  return pattern.indexOf("]", open + (negated ? 3 : 2));
}

function classTest(inner: string): (c: string) => boolean {
  const negated = inner.startsWith("!") || inner.startsWith("^");
  const set = negated ? inner.slice(1) : inner;
  return (c) => {
    let found = false;
    for (let i = 0; i < set.length; i++) {
      if (set[i + 1] === "-" && i + 2 < set.length) {
        found ||= c >= set[i]! && c <= set[i + 2]!;
        i += 2;
      } else found ||= c === set[i];
    }
    return found !== negated;
  };
}
