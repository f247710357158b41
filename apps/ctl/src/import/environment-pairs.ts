/** supervisord's environment=: KEY="value",KEY2=value, values in quotes or plain. */
export function environmentPairs(text: string): readonly (readonly [name: string, value: string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const match of text.matchAll(
    /([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([^,]*))\s*(?:,|$)/g,
  )) {
    const [, name = "", double, single, plain = ""] = match;
    pairs.push([name, double?.replace(/\\(.)/g, "$1") ?? single ?? plain.trim()]);
  }
  return pairs;
}
