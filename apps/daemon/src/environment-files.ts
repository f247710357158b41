import { globSync, readFileSync, statSync } from "node:fs";
import { errnoText } from "@steward/state-machine";
import { parseEnvironmentFile } from "@steward/unit-file";

/** One assignment of an environment file. */
interface FileAssignment {
  readonly name: string;
  readonly value: string;
}

/** What the files of EnvironmentFile= say, or which one could not be read: then the process must not start. */
export type EnvironmentFiles =
  | { readonly ok: true; readonly assignments: readonly FileAssignment[]; readonly problems: readonly string[] }
  | { readonly ok: false; readonly path: string; readonly reason: string };

const longestBytes = 4 << 20;

/** Reads the files in order (systemd.exec(5), EnvironmentFile=). A path with a leading - may be missing. */
export function readEnvironmentFiles(
  files: readonly { readonly path: string; readonly missingOk: boolean }[],
): EnvironmentFiles {
  const assignments: FileAssignment[] = [];
  const problems: string[] = [];
  for (const { path, missingOk } of files) {
    const found = /[*?[]/.test(path) ? globSync(path).sort() : [path];
    if (found.length === 0 && !missingOk) return { ok: false, path, reason: "No such file or directory" };
    for (const file of found) {
      try {
        const info = statSync(file);
        if (!info.isFile() || info.size > longestBytes)
          throw Object.assign(new Error("is no regular file of a sensible size"), { code: "EINVAL" });
        const { value, diagnostics } = parseEnvironmentFile(readFileSync(file, "utf8"), file);
        assignments.push(...value);
        problems.push(...diagnostics.map((one) => `${file}: ${one.message}`));
      } catch (error) {
        const { errno, message } = error as NodeJS.ErrnoException;
        if (!missingOk) return { ok: false, path: file, reason: errno === undefined ? message : errnoText(-errno) };
      }
    }
  }
  return { ok: true, assignments, problems };
}
