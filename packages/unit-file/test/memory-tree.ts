import type { DirEntry, UnitTree } from "@steward/unit-file";

/** A tree in memory: paths to texts, `{ link }` for symlinks, `{ other: true }` for what is no file. */
export type Files = Readonly<Record<string, string | { readonly link: string } | { readonly other: true }>>;

export function memoryTree(files: Files): UnitTree {
  const directories = new Map<string, Map<string, DirEntry>>();
  const note = (path: string, kind: DirEntry["kind"]): void => {
    const slash = path.lastIndexOf("/");
    const parent = path.slice(0, slash) || "/";
    const name = path.slice(slash + 1);
    if (name === "") return;
    if (!directories.has(parent)) {
      directories.set(parent, new Map());
      note(parent, "directory");
    }
    directories.get(parent)?.set(name, { name, kind });
  };
  for (const [path, content] of Object.entries(files)) {
    note(path, typeof content === "string" ? "file" : "link" in content ? "symlink" : "other");
  }
  const follow = (path: string, hops = 0): string | undefined => {
    if (hops > 16) return undefined;
    const content = files[path];
    if (typeof content === "object" && "link" in content) {
      const base = path.slice(0, path.lastIndexOf("/"));
      const parts: string[] = [];
      for (const part of (content.link.startsWith("/") ? content.link : `${base}/${content.link}`).split("/")) {
        if (part === "..") parts.pop();
        else if (part !== "" && part !== ".") parts.push(part);
      }
      return follow(`/${parts.join("/")}`, hops + 1);
    }
    return path;
  };
  return {
    list: (directory) => {
      const entries = directories.get(directory);
      return entries && [...entries.values()];
    },
    read(path) {
      const target = follow(path);
      if (target === undefined) return { ok: false, error: "ELOOP" };
      const content = files[target];
      if (typeof content === "string") return { ok: true, text: content, mtimeUsec: 1 };
      if (directories.has(target)) return { ok: false, error: "EISDIR" };
      return { ok: false, error: content === undefined && target !== "/dev/null" ? "ENOENT" : "EINVAL" };
    },
    readlink(path) {
      const content = files[path];
      return typeof content === "object" && "link" in content ? content.link : undefined;
    },
    stat(path) {
      const target = follow(path);
      if (target === undefined) return undefined;
      if (target === "/dev/null") return { kind: "other", size: 0, mtimeUsec: 0 };
      const content = files[target];
      if (typeof content === "string") return { kind: "file", size: content.length, mtimeUsec: 1 };
      if (directories.has(target)) return { kind: "directory", size: 0, mtimeUsec: 1 };
      return content === undefined ? undefined : { kind: "other", size: 0, mtimeUsec: 1 };
    },
  };
}
