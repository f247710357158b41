/** fnmatch(3) as systemctl's patterns need it: * ? and [set]. */
export function globPattern(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === "*") source += "[^]*";
    else if (char === "?") source += "[^]";
    else if (char === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      source += `[${pattern
        .slice(at + 1, end)
        .replace(/^!/, "^")
        .replaceAll("\\", "\\\\")}]`;
      at = end;
    } else if (char === "\\" && at + 1 < pattern.length) source += (pattern[++at] as string).replace(/[^\w]/g, "\\$&");
    else source += char.replace(/[^\w]/g, "\\$&");
  }
  return new RegExp(`^${source}$`);
}
