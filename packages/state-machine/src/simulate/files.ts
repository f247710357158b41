import type { PathSpec } from "@steward/unit-file";
import type { FoundPath } from "../model/event.ts";

interface Watch {
  readonly unit: string;
  readonly look: number;
  readonly index: number;
  readonly spec: PathSpec;
}

/** A watch that reported. */
export interface Report {
  readonly unit: string;
  readonly look: number;
  readonly index: number;
  readonly itself: boolean;
}

const parent = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));

function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${source}$`).test(path);
}

/** Files that are only names, and who watches them. Directories are there when something in them is, or when they were made. */
export class Files {
  readonly #there = new Set<string>(["/"]);
  #watches: Watch[] = [];

  has(path: string): boolean {
    return this.#there.has(path);
  }

  /** What a look finds; a pattern says which file it is. */
  check(spec: PathSpec): FoundPath {
    const found = this.#find(spec);
    return { before: found !== undefined, after: found !== undefined, ...(found === undefined ? {} : { path: found }) };
  }

  #find({ type, path }: PathSpec): string | undefined {
    if (type === "PathExistsGlob") return [...this.#there].find((one) => matches(path, one));
    if (type === "DirectoryNotEmpty")
      return [...this.#there].some((one) => parent(one) === path && one !== "/") ? path : undefined;
    return this.#there.has(path) ? path : undefined;
  }

  watch(unit: string, look: number, specs: readonly PathSpec[]): void {
    for (const [index, spec] of specs.entries()) this.#watches.push({ unit, look, index, spec });
  }

  unwatch(unit: string, look: number): void {
    this.#watches = this.#watches.filter((watch) => watch.unit !== unit || watch.look !== look);
  }

  /** How many watches of a unit stand, for laws. */
  watched(unit: string): number {
    return this.#watches.filter((watch) => watch.unit === unit).length;
  }

  make(path: string): readonly Report[] {
    const made = this.#missing(path);
    for (const one of made) this.#there.add(one);
    return made.flatMap((one) => this.#happened(one));
  }

  #missing(path: string): string[] {
    if (this.#there.has(path)) return [];
    return [...this.#missing(parent(path)), path];
  }

  modify(path: string): readonly Report[] {
    return this.#happened(path);
  }

  remove(path: string): readonly Report[] {
    const gone = [...this.#there].filter((one) => one === path || one.startsWith(`${path}/`));
    for (const one of gone) this.#there.delete(one);
    return gone.flatMap((one) => this.#happened(one));
  }

  /** Each watch that has this path as its own, in it, or on the way to it reports, and is gone. */
  #happened(path: string): Report[] {
    const reports: Report[] = [];
    const left: Watch[] = [];
    for (const watch of this.#watches) {
      const { unit, look, index, spec } = watch;
      const itself = path === spec.path || parent(path) === spec.path;
      if (itself || spec.path.startsWith(`${path}/`) || this.#concerns(spec, path))
        reports.push({ unit, look, index, itself });
      else left.push(watch);
    }
    this.#watches = left;
    return reports;
  }

  /** A pattern is watched up to its first part that is none. */
  #concerns({ type, path }: PathSpec, changed: string): boolean {
    return type === "PathExistsGlob" && parent(changed) === parent(path.replace(/[*?[].*$/, "x"));
  }
}
