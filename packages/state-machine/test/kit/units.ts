import { buildGraph, type GraphUnit } from "@steward/graph";
import { loadUnitFromFiles } from "@steward/unit-file";

/** Targets that default dependencies mention, in their shortest form. */
const bare = "[Unit]\nDefaultDependencies=no\n";
const standard: Readonly<Record<string, string>> = {
  "sysinit.target": "[Unit]\nDescription=System Initialization\nDefaultDependencies=no\n",
  "basic.target": "[Unit]\nDescription=Basic System\nRequires=sysinit.target\nAfter=sysinit.target\n",
  "multi-user.target":
    "[Unit]\nDescription=Multi-User System\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n",
  "shutdown.target": "[Unit]\nDescription=System Shutdown\nDefaultDependencies=no\nRefuseManualStart=yes\n",
  "umount.target": bare,
  "final.target": bare,
};

/** Units from their texts, as the loader reads them, with everything that they mention. */
export function units(texts: Readonly<Record<string, string>>): GraphUnit[] {
  const loaded = new Map<string, GraphUnit>();
  const all: Readonly<Record<string, string>> = { ...standard, ...texts };
  const load = (name: string): void => {
    const text = all[name];
    const files = text === undefined ? [] : [{ path: `/etc/systemd/system/${name}`, text }];
    const unit = loadUnitFromFiles(name, files);
    loaded.set(unit.id, unit);
  };
  for (const name of Object.keys(all)) load(name);
  for (;;) {
    const missing = buildGraph(loaded.values()).missing();
    if (missing.length === 0) return [...loaded.values()];
    for (const name of missing) load(name);
  }
}

/** A service from the lines of its [Service] section, and of its [Unit] section. */
export function service(lines: string, unit = ""): string {
  return `[Unit]\n${unit}\n[Service]\n${lines}\n`;
}
