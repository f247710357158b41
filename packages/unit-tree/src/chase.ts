/** Just enough of a tree to follow symlinks in it. */
export interface LinkReader {
  readlink(path: string): string | undefined;
}

const linkMax = 40;

/** Removes doubled slashes and "." components, and resolves ".." by text: right only where no component is a symlink. */
export function normalisePath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") kept.pop();
    else kept.push(part);
  }
  return `/${kept.join("/")}`;
}

/** The directory of an absolute path. */
export function dirname(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** The last component of a path. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Follows every symlink of a path inside the tree that `links` shows, so that absolute targets stay within its root. The last component is
 * left alone with `keepLast`. Components that do not exist stay as they are; undefined only for a loop of symlinks.
 */
export function chase(links: LinkReader, path: string, keepLast = false): string | undefined {
  const todo = path.split("/").reverse();
  let done = "";
  let followed = 0;
  while (todo.length > 0) {
    const part = todo.pop()!;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      done = done.slice(0, Math.max(done.lastIndexOf("/"), 0));
      continue;
    }
    const next = `${done}/${part}`;
    const last = keepLast && todo.every((rest) => rest === "" || rest === ".");
    const target = last ? undefined : links.readlink(next);
    if (target === undefined) {
      done = next;
      continue;
    }
    if (++followed > linkMax) return undefined;
    if (target.startsWith("/")) done = "";
    todo.push(...target.split("/").reverse());
  }
  return done === "" ? "/" : done;
}
