/** What stands in a directory. A symlink is a symlink here: `stat` says what it leads to. */
export interface DirEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** The kinds of directory entries that loading tells apart. */
export type FileKind = "file" | "directory" | "symlink" | "other";

/** What a path leads to, symlinks followed. `device` is set on device nodes, for /dev/null. */
export interface StatResult {
  readonly kind: Exclude<FileKind, "symlink">;
  readonly size: number;
  /** Last modification, microseconds since 1970. */
  readonly mtimeUsec: number;
}

/** A file's text as `decodeUtf8` gives it, or the name of the error: "ENOENT", "EACCES", "EISDIR", "ELOOP" … */
export type ReadResult =
  | { readonly ok: true; readonly text: string; readonly mtimeUsec: number }
  | { readonly ok: false; readonly error: string };

/** The disk as loading sees it. Paths are absolute; nothing throws. */
export interface UnitTree {
  /** The entries of a directory, in any order; undefined when it is none or cannot be read. */
  list(directory: string): readonly DirEntry[] | undefined;
  /** Reads a regular file, symlinks followed. Anything that is no regular file is an error, never a hang. */
  read(path: string): ReadResult;
  /** Where a symlink points, as it is written in it; undefined when the path is no symlink. */
  readlink(path: string): string | undefined;
  /** What is at a path, symlinks followed; undefined when there is nothing or a link dangles. */
  stat(path: string): StatResult | undefined;
}
