import fs from "node:fs";

/** Programs in directories, as generators are kept: the first directory with a name has it, a link to /dev/null or an empty file takes it away. */
export function findPrograms(directories: readonly string[]): readonly string[] {
  const byName = new Map<string, string | undefined>();
  for (const directory of directories) {
    for (const name of listNames(directory)) {
      if (byName.has(name)) continue;
      const path = `${directory}/${name}`;
      const stat = statOf(path);
      if (stat === undefined) continue;
      // What hides a program: nothing in it, or no file at all.
      const runs = stat.isFile() && stat.size > 0 && (stat.mode & 0o111) !== 0;
      const hides = !stat.isDirectory() && (stat.isCharacterDevice() || stat.size === 0);
      if (runs) byName.set(name, path);
      else if (hides) byName.set(name, undefined);
    }
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, path]) => (path === undefined ? [] : [path]));
}

function listNames(directory: string): readonly string[] {
  try {
    return fs.readdirSync(directory).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

function statOf(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
