import { openStorage, type Storage } from "../../src/storage.ts";
import { type FileAccess, systemFiles } from "../../src/write/file-access.ts";

/** The writer's process "ends" here: nothing that it does afterwards has an effect. */
class Killed extends Error {}

/**
 * The system's files, until `left` changes have been made: the next one is made by half (a write) or not at all, and from
 * then on everything throws Killed. What a process that is killed with SIGKILL leaves, without a process.
 */
export function cutFiles(left: number, tornShare: number): FileAccess & { readonly changes: () => number } {
  let changes = 0;
  let dead = false;
  const change = (make: () => void, torn?: () => void): void => {
    if (dead) throw new Killed();
    if (changes === left) {
      dead = true;
      torn?.();
      throw new Killed();
    }
    changes++;
    make();
  };
  const cut = (storage: Storage): Storage => ({
    ...storage,
    write: (from, at, length, position) =>
      change(
        () => storage.write(from, at, length, position),
        () => storage.write(from, at, Math.floor(length * tornShare), position),
      ),
    truncate: (size) => change(() => storage.truncate(size)),
    sync: () => undefined,
  });
  return {
    ...systemFiles,
    changes: () => changes,
    open: (path, create) => {
      if (!create) return cut(openStorage(path));
      let storage: Storage | undefined;
      change(() => {
        storage = openStorage(path, "w+");
      });
      return cut(storage!);
    },
    rename: (from, to) => change(() => systemFiles.rename(from, to)),
    unlink: (path) => change(() => systemFiles.unlink(path)),
  };
}
