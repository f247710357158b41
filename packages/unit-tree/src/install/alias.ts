import { instantiate, parseUnitName, unitTypeOf } from "@steward/unit-file";
import type { InstallErrno } from "./changes.ts";
import { mayAlias, mayTemplate } from "./install-info.ts";

/** Why a symlink may not be an alias: the errno, and what systemd says of it. */
export interface AliasRefusal {
  readonly error: "EINVAL" | "EXDEV" | "ELOOP";
  /** Nothing for ELOOP, a link to its own name, which systemd passes over quietly. */
  readonly message: string | undefined;
}

/**
 * Whether a symlink of one name may lead to a unit of another (systemd.unit(5), Alias=): the same type, one that may have aliases, plain to
 * plain, template to template, an instance to the same instance or to a template.
 */
export function checkAliasName(from: string, to: string): AliasRefusal | undefined {
  const source = parseUnitName(from);
  if (source === undefined)
    return { error: "EINVAL", message: `${from}: not a valid unit name "${from}": Invalid argument` };
  const invalid = (what: string): AliasRefusal => ({ error: "EINVAL", message: `${from}: ${what}, rejecting.` });
  const crossed = (what: string): AliasRefusal => ({ error: "EXDEV", message: `${from}: ${what}, rejecting.` });
  if (!mayAlias(from)) return invalid("symlinks are not allowed for units of this type");
  if (source.kind !== "plain" && !mayTemplate(from)) return invalid(`templates not allowed for ${source.type} units`);
  const target = parseUnitName(to);
  if (target === undefined) {
    return { error: "EINVAL", message: `${from} points to "${to}" which is not a valid unit name: Invalid argument` };
  }
  if (source.kind !== target.kind && !(source.kind === "instance" && target.kind === "template")) {
    return crossed(`symlink target name type "${to}" does not match source`);
  }
  if (target.kind === "instance" && source.instance !== target.instance) {
    return crossed(`unit symlink target "${to}" instance name doesn't match`);
  }
  if (source.type !== target.type) return crossed(`symlink target "${to}" has incompatible suffix`);
  return from === to ? { error: "ELOOP", message: undefined } : undefined;
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
    return isSameUnit(alias.slice(slash + 1), unit, kind === "template")
      ? { ok: true, name: alias }
      : { ...invalid, source: unit };
  }
  const parts = parseUnitName(unit);
  const name =
    parseUnitName(alias)?.kind === "template" && parts?.kind === "instance"
      ? (instantiate(alias, parts.instance!) ?? alias)
      : alias;
  const refusal = checkAliasName(name, unit);
  if (refusal === undefined) return { ok: true, name };
  return { ok: false, error: refusal.error === "ELOOP" ? "ELOOP" : "EXDEV", path: name, source: unit };
}

/** Whether a link's name stands for the unit: the same name, or an instance of its template. */
function isSameUnit(link: string, unit: string, propagates: boolean): boolean {
  const parts = parseUnitName(link);
  if (parts === undefined) return false;
  if (link === unit && (propagates || parts.kind !== "template")) return true;
  if (parts.kind === "plain") return false;
  const template = `${parts.prefix}@.${unitTypeOf(link)}`;
  if (template === unit) return parts.kind === "instance" || propagates;
  const target = parseUnitName(unit);
  return (
    propagates &&
    parts.kind === "template" &&
    target?.kind === "instance" &&
    target.prefix === parts.prefix &&
    target.type === parts.type
  );
}
