import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isValidUnitName } from "@steward/unit-file";

/** The first line of each file, in systemd's words. */
const header = "# This is a transient unit file, created programmatically via the systemd API. Do not edit.\n" as const;

/**
 * Unit files of transient units (systemd.unit(5), "Unit File Load Path"): they lie on the disk like any other, so that
 * neither a reload nor a death of the manager loses one.
 */
export class TransientFiles {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Whether a unit's fragment is one of these files. */
  owns(fragmentPath: string | undefined): boolean {
    return fragmentPath !== undefined && dirname(fragmentPath) === this.directory;
  }

  /** Writes a file whole or not at all. */
  write(name: string, text: string): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o755 });
    const path = join(this.directory, name);
    const next = join(this.directory, `.#${name}`);
    writeFileSync(next, header + text, { mode: 0o644 });
    renameSync(next, path);
  }

  /** Takes away a unit's file, and drop-ins that lie beside it. */
  remove(name: string, dropIns: readonly string[] = []): void {
    rmSync(join(this.directory, name), { force: true });
    for (const path of dropIns) {
      const folder = dirname(path);
      if (dirname(folder) !== this.directory || basename(folder) !== `${name}.d`) continue;
      rmSync(path, { force: true });
      try {
        rmdirSync(folder);
      } catch {
        // Another drop-in is still in it.
      }
    }
  }

  /** The units that have a file here. */
  names(): readonly string[] {
    try {
      return readdirSync(this.directory).filter((name) => isValidUnitName(name));
    } catch {
      return [];
    }
  }
}
