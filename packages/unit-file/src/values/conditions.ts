import type { BusValue, Kind } from "./kind.ts";
import { checkPath } from "./paths.ts";

/** One Condition…= or Assert…= (systemd.unit(5), "Conditions and asserts"). Whether it holds is for who knows the machine. */
export interface Condition {
  /** The directive's name without "Condition" or "Assert": "PathExists". */
  readonly type: string;
  /** `|`: one of all those marked so has to hold. */
  readonly trigger: boolean;
  /** `!`: holds where it would not. */
  readonly negate: boolean;
  readonly parameter: string;
}

/** Those whose parameter is a path. */
const pathConditions = new Set([
  "PathExists",
  "PathExistsGlob",
  "PathIsDirectory",
  "PathIsSymbolicLink",
  "PathIsMountPoint",
  "PathIsReadWrite",
  "PathIsEncrypted",
  "PathIsSocket",
  "DirectoryNotEmpty",
  "FileNotEmpty",
  "FileIsExecutable",
  "NeedsUpdate",
]);

/** All conditions of a unit share one list: an empty assignment to any of them resets it. */
export const condition: Kind<readonly Condition[]> = {
  name: "condition",
  signature: "a(sbbsi)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const type = a.directive.replace(/^(Condition|Assert)/, "");
    const trigger = a.value.startsWith("|");
    let rest = (trigger ? a.value.slice(1) : a.value).trimStart();
    const negate = rest.startsWith("!");
    rest = (negate ? rest.slice(1) : rest).trimStart();
    let parameter = a.expand(rest);
    if (parameter === undefined) {
      const quote = pathConditions.has(type) ? "" : "'";
      a.warn(`Failed to resolve unit specifiers in ${quote}${rest}${quote}, ignoring: ${a.expandError()}`);
      return previous;
    }
    if (pathConditions.has(type)) {
      const checked = checkPath(parameter, a);
      if (checked === undefined) return previous;
      parameter = checked;
    }
    return [...previous, { type, trigger, negate, parameter }];
  },
  toBus: (v) => conditionsToBus(v, "Condition"),
};

/** Conditions as D-Bus shows them: the last one written first, and none asked yet. */
export function conditionsToBus(conditions: readonly Condition[], word: "Condition" | "Assert"): BusValue {
  return conditions.map((c) => [`${word}${c.type}`, c.trigger, c.negate, c.parameter, 0]).reverse();
}
