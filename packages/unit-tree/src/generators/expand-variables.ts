const name = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * Expands variables as environment.d(5) has it: `$FOO`, `${FOO}`, `${FOO:-otherwise}` and `${FOO:+instead}`, the latter two with expansions inside;
 * `$$` is a dollar. A variable that is not set is empty.
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  let result = "";
  for (let at = 0; at < text.length; ) {
    const dollar = text.indexOf("$", at);
    if (dollar < 0) return result + text.slice(at);
    result += text.slice(at, dollar);
    const next = text[dollar + 1];
    if (next === "$") {
      result += "$";
      at = dollar + 2;
      continue;
    }
    const braced = next === "{";
    name.lastIndex = dollar + (braced ? 2 : 1);
    const variable = name.exec(text)?.[0];
    const end = name.lastIndex;
    if (variable === undefined) {
      result += "$";
      at = dollar + 1;
    } else if (!braced) {
      result += variables[variable] ?? "";
      at = end;
    } else {
      const close = closingBrace(text, dollar + 2);
      const rest = close < 0 ? undefined : text.slice(end, close);
      const value = rest === undefined ? undefined : bracedValue(variables[variable], rest, variables);
      result += value ?? "${";
      at = value === undefined ? dollar + 2 : close + 1;
    }
  }
  return result;
}

/** What stands between the name and the closing brace decides; anything but the known forms is left as it was. */
function bracedValue(
  value: string | undefined,
  rest: string,
  variables: Readonly<Record<string, string>>,
): string | undefined {
  if (rest === "") return value ?? "";
  const isSet = value !== undefined && value !== "";
  if (rest.startsWith(":-")) return isSet ? value : expandVariables(rest.slice(2), variables);
  if (rest.startsWith(":+")) return isSet ? expandVariables(rest.slice(2), variables) : "";
  return undefined;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "$" && text[i + 1] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  return -1;
}
