import { lstatSync, readdirSync } from "node:fs";
import { globPattern } from "./bus/glob-pattern.ts";

/** More alternatives than anybody writes: a pattern such as {a,b}{a,b}… doubles with each pair. */
const alternativesMax = 1024;

/** The alternatives of `{a,b}`, outermost first, in the order that they are written. */
export function expandBraces(pattern: string): readonly string[] {
  let expanded: string[] = [pattern];
  for (;;) {
    const next = expanded.flatMap(expandFirst);
    if (next.length === expanded.length || next.length > alternativesMax) return expanded;
    expanded = next;
  }
}

function expandFirst(pattern: string): readonly string[] {
  for (let open = pattern.indexOf("{"); open >= 0; open = pattern.indexOf("{", open + 1)) {
    let depth = 0;
    const cuts = [open];
    for (let at = open; at < pattern.length; at++) {
      if (pattern[at] === "{") depth++;
      else if (pattern[at] === "}" && --depth === 0) {
        if (cuts.length < 2) break;
        cuts.push(at);
        return cuts
          .slice(1)
          .map(
            (end, i) => pattern.slice(0, open) + pattern.slice((cuts[i] as number) + 1, end) + pattern.slice(at + 1),
          );
      } else if (pattern[at] === "," && depth === 1) cuts.push(at);
    }
  }
  return [pattern];
}

/** The first path that a pattern matches, as glob(3) with braces has it: a leading dot is matched only by a dot. */
export function firstMatch(pattern: string): string | undefined {
  for (const one of expandBraces(pattern)) {
    const parts = one.split("/").filter((part) => part !== "");
    const found = descend(one.startsWith("/") ? "" : ".", parts);
    if (found !== undefined) return found === "" ? "/" : found;
  }
  return undefined;
}

function descend(directory: string, parts: readonly string[]): string | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return directory;
  if (!/[*?[\\]/.test(part)) {
    const path = `${directory}/${part}`;
    if (rest.length > 0) return descend(path, rest);
    return exists(path) ? path : undefined;
  }
  const wanted = globPattern(part);
  for (const name of namesIn(`${directory}/`)) {
    if ((name.startsWith(".") && !part.startsWith(".")) || !wanted.test(name)) continue;
    const found = descend(`${directory}/${name}`, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** A link that leads nowhere is there too. */
function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
