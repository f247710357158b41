import { instantiate, parseUnitName, unitTypeOf } from "@steward/unit-file";
import type { InstallErrno } from "./changes.ts";
import { mayAlias } from "./install-info.ts";

/**
 * Whether a symlink of one name may lead to a unit of another (systemd.unit(5), Alias=): the same type, one that may have aliases, plain to
 * plain, template to template, an instance to the same instance or to a template. ELOOP for a name that would be its own alias.
 */
export function checkAliasName(from: string, to: string): InstallErrno | undefined {
  if (from === to) return undefined;
  const source = parseUnitName(from);
  if (source === undefined) return "EINVAL";
  if (!mayAlias(from)) return "EINVAL";
  const target = parseUnitName(to);
  if (target === undefined) return "EINVAL";
  if (source.type !== target.type) return "EINVAL";
  if (source.kind === target.kind) {
    return source.kind === "instance" && source.instance !== target.instance ? "EXDEV" : undefined;
  }
  return source.kind === "instance" && target.kind === "template" ? undefined : "EXDEV";
}

/** An alias as `enable` will make it, or why not. `name` has the instance of an instantiated unit put in. */
export type VerifiedAlias =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly error: InstallErrno; readonly path: string; readonly source: string };

/** Checks one word of Alias= of the unit `unit`. Words with a slash are the old way to say "foo.target.wants/bar.service". */
export function verifyAlias(unit: string, alias: string): VerifiedAlias {
  const slash = alias.lastIndexOf("/");
  if (slash >= 0) {
    const directory = alias.slice(0, slash);
    const wanting = /^(.*)\.(?:wants|requires)$/.exec(directory)?.[1];
    const kind = wanting === undefined ? undefined : parseUnitName(wanting)?.kind;
    const invalid = { ok: false, error: "EXDEV", path: alias, source: "" } as const;
    if (kind === undefined) return invalid;
    return isSameUnit(alias.slice(slash + 1), unit, kind === "template") ? { ok: true, name: alias } : invalid;
  }
  const parts = parseUnitName(unit);
  const name =
    parseUnitName(alias)?.kind === "template" && parts?.kind === "instance"
      ? (instantiate(alias, parts.instance!) ?? alias)
      : alias;
  const error = name === unit ? "ELOOP" : checkAliasName(name, unit);
  if (error === undefined) return { ok: true, name };
  return { ok: false, error: error === "EINVAL" ? "EXDEV" : error, path: name, source: unit };
}

/** Whether a link's name stands for the unit: the same name, or an instance of its template. */
function isSameUnit(link: string, unit: string, propagates: boolean): boolean {
  const parts = parseUnitName(link);
  if (parts === undefined) return false;
  if (link === unit) return true;
  if (parts.kind === "plain") return false;
  const template = `${parts.prefix}@.${unitTypeOf(link)}`;
  if (template === unit) return true;
  const target = parseUnitName(unit);
  return (
    propagates &&
    parts.kind === "template" &&
    target?.kind === "instance" &&
    target.prefix === parts.prefix &&
    target.type === parts.type
  );
}
