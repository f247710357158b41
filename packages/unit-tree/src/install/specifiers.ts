import { parseUnitName } from "@steward/unit-file";

/**
 * What the specifiers of the machine and the user stand for, by their letter ("H": host name, "m": machine ID, "u": user name …).
 * The ones that [Install] may use are listed in systemd.unit(5); a letter that is absent cannot be resolved.
 */
export type SpecifierFacts = Readonly<Record<string, string>>;

interface Named {
  readonly name: string;
  readonly defaultInstance: string | undefined;
}

const machineLetters = "aAbBHlmMovwWgGuU";

/** Expands the specifiers that [Install] settings may hold; undefined when one cannot be resolved. Unknown letters stay as they are. */
export function expandInstallSpecifiers(text: string, unit: Named, facts: SpecifierFacts): string | undefined {
  if (!text.includes("%")) return text;
  let unresolved = false;
  const expanded = text.replace(/%(.)/gs, (whole, letter: string) => {
    if (letter === "%") return "%";
    const own = ofUnit(letter, unit);
    if (own !== undefined) return own;
    if (!machineLetters.includes(letter)) return whole;
    const fact = facts[letter];
    if (fact === undefined) unresolved = true;
    return fact ?? "";
  });
  return unresolved ? undefined : expanded;
}

/** The specifiers that the unit's own name answers; a template speaks with its default instance. */
function ofUnit(letter: string, unit: Named): string | undefined {
  const parts = parseUnitName(unit.name);
  if (parts === undefined) return undefined;
  const instance = parts.instance === "" ? (unit.defaultInstance ?? "") : parts.instance;
  const stem = instance === undefined ? parts.prefix : `${parts.prefix}@${instance}`;
  switch (letter) {
    case "i":
      return instance ?? "";
    case "j":
      return parts.prefix.slice(parts.prefix.lastIndexOf("-") + 1);
    case "n":
      return `${stem}.${parts.type}`;
    case "N":
      return stem;
    case "p":
      return parts.prefix;
    default:
      return undefined;
  }
}
