/** Shell patterns as fnmatch(3) with FNM_NOESCAPE has them: `*`, `?`, and `[...]` with ranges and `!` or `^`. */
export function fnmatch(pattern: string, text: string): boolean {
  return compile(pattern).test(text);
}

const compiled = new Map<string, RegExp>();
const compiledMax = 4096;

function compile(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === "*") {
      // Several stars in a row say no more than one, and would cost time.
      if (pattern[i - 1] !== "*") source += "[^]*";
    } else if (c === "?") source += "[^]";
    else if (c === "[") {
      const negated = pattern[i + 1] === "!" || pattern[i + 1] === "^";
      const first = i + (negated ? 2 : 1);
      const end = pattern.indexOf("]", first + 1);
      if (end < 0) source += "\\[";
      else {
        const set = pattern.slice(first, end).replace(/[\\\]^[]/g, "\\$&");
        source += negated ? `[^${set}]` : `[${set}]`;
        i = end;
      }
    } else source += c.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  }
  const regexp = compileSafely(source);
  if (compiled.size >= compiledMax) compiled.clear();
  compiled.set(pattern, regexp);
  return regexp;
}

/** A range that runs backwards ("[z-a]") matches nothing. */
function compileSafely(source: string): RegExp {
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^(?!)/;
  }
}
