import { type FSWatcher, watch } from "node:fs";

/**
 * Calls back when a file in one of the directories changes, comes or goes, at most once for each turn of the event loop. Missing
 * directories are left out. Answers how to end it; until then the process stays.
 */
export function watchDirectories(directories: readonly string[], changed: () => void): () => void {
  let pending = false;
  const watchers: FSWatcher[] = [];
  for (const directory of directories) {
    try {
      watchers.push(
        watch(directory, () => {
          if (pending) return;
          pending = true;
          setImmediate(() => {
            pending = false;
            changed();
          });
        }),
      );
    } catch {}
  }
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
