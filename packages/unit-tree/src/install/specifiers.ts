import { parseUnitName } from "@steward/unit-file";

/**
 * What a specifier of the machine or the user stands for, by its letter ("H": host name, "m": machine ID, "u": user name …); undefined where it
 * cannot be resolved. Which ones [Install] may use is in systemd.unit(5).
 */
export type SpecifierFacts = (letter: string) => string | undefined;

/** The letters that `SpecifierFacts` is asked for. */
const machineLetters = "aAbBgGHlmMoquUvwW";

interface Named {
  readonly name: string;
  readonly defaultInstance: string | undefined;
}

/** The text with its specifiers replaced, or why not: no such specifier, or one that cannot be resolved here. */
export type Expansion =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: "EBADSLT" | "EUNATCH" };

/** Expands the specifiers that [Install] settings may hold. What follows a "%" and is neither letter nor digit stays as it is. */
export function expandInstallSpecifiers(text: string, unit: Named, facts: SpecifierFacts): Expansion {
  let error: "EBADSLT" | "EUNATCH" | undefined;
  const expanded = text.replace(/%([A-Za-z0-9%])/g, (_, letter: string) => {
    if (letter === "%") return "%";
    const own = ofUnit(letter, unit);
    if (own !== undefined) return own;
    const known = machineLetters.includes(letter);
    const fact = known ? facts(letter) : undefined;
    if (fact === undefined) error ??= known ? "EUNATCH" : "EBADSLT";
    return fact ?? "";
  });
  return error === undefined ? { ok: true, text: expanded } : { ok: false, error };
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
