import { hasControl } from "../text.ts";
import type { Kind } from "./kind.ts";
import { forEachWord, list } from "./lists.ts";
import { checkPath } from "./paths.ts";

/** Whether text may be the name of an environment variable: letters, digits, underscores, no digit first. */
export function isEnvironmentName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** Whether text is NAME=VALUE with a valid name and a value without control characters other than tab and newline. */
export function isEnvironmentAssignment(text: string): boolean {
  const equals = text.indexOf("=");
  if (equals < 1 || !isEnvironmentName(text.slice(0, equals))) return false;
  return !hasControl(text.slice(equals + 1), "\t\n\r") && text.isWellFormed();
}

/** Environment=: NAME=VALUE words; a later one replaces an earlier one of the same name. */
export const environment: Kind<readonly string[]> = {
  name: "list of environment variables",
  signature: "as",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    let items = [...previous];
    forEachWord(a, { unquote: true, cUnescape: true }, (word) => {
      const value = a.expand(word);
      if (value === undefined) {
        a.warn(`Failed to resolve specifiers in ${word}, ignoring: ${a.expandError()}`);
      } else if (!isEnvironmentAssignment(value)) {
        a.warn(`Invalid environment assignment, ignoring: ${value}`);
      } else {
        items = setVariable(items, value);
      }
    });
    return items;
  },
  toBus: (v) => v,
};

function setVariable(items: readonly string[], assignment: string): string[] {
  const name = assignment.slice(0, assignment.indexOf("=") + 1);
  const rest = items.filter((item) => !item.startsWith(name));
  const at = items.findIndex((item) => item.startsWith(name));
  if (at < 0) return [...rest, assignment];
  rest.splice(at, 0, assignment);
  return rest;
}

/** PassEnvironment=: names; UnsetEnvironment= takes whole assignments as well. */
export function environmentNames(assignments: boolean): Kind<readonly string[]> {
  return list<string>(
    "list of environment variable names",
    "as",
    (a, add) =>
      forEachWord(a, { unquote: true, cUnescape: true }, (word) => {
        const value = a.expand(word);
        if (value === undefined) {
          a.warn(`Failed to resolve unit specifiers in ${word}, ignoring: ${a.expandError()}`);
        } else if (isEnvironmentName(value) || (assignments && isEnvironmentAssignment(value))) add(value);
        else {
          a.warn(
            assignments
              ? `Invalid environment name or assignment ${a.directive}, ignoring: ${value}`
              : `Invalid environment name for ${a.directive}, ignoring: ${value}`,
          );
        }
      }),
    (v) => v,
  );
}

/** One EnvironmentFile=: with `-` before it, it may be missing. The path may hold glob characters. */
export interface EnvironmentFile {
  readonly path: string;
  readonly missingOk: boolean;
}

export const environmentFiles: Kind<readonly EnvironmentFile[]> = {
  name: "list of files",
  signature: "a(sb)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const value = a.expand(a.value);
    if (value === undefined) {
      a.warn(`Failed to resolve unit specifiers in '${a.value}', ignoring: ${a.expandError()}`);
      return previous;
    }
    const missingOk = value.startsWith("-");
    const checked = checkPath(missingOk ? value.slice(1) : value, a);
    return checked === undefined ? previous : [...previous, { path: checked, missingOk }];
  },
  toBus: (v) => v.map((f) => [f.path, f.missingOk]),
};
