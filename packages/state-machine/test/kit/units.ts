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
  for (const name of Object.keys(all)) if (!name.includes("@.")) load(name);
  for (;;) {
    const missing = buildGraph(loaded.values()).missing();
    if (missing.length === 0) return [...loaded.values()];
    for (const name of missing) load(name);
  }
}

/** An instance as it is loaded when it is asked for, from the text of its template. */
export function instance(texts: Readonly<Record<string, string>>, name: string): GraphUnit[] {
  const template = `${name.slice(0, name.indexOf("@") + 1)}${name.slice(name.lastIndexOf("."))}`;
  const text = texts[template];
  const files = text === undefined ? [] : [{ path: `/etc/systemd/system/${template}`, text }];
  const loaded = [loadUnitFromFiles(name, files)];
  for (const missing of buildGraph(loaded).missing()) {
    // A slice needs no file.
    const empty = missing.endsWith(".slice") ? [{ path: `/etc/systemd/system/${missing}`, text: "[Unit]\n" }] : [];
    loaded.push(loadUnitFromFiles(missing, empty));
  }
  return loaded.filter(({ id }) => id === name || id.endsWith(".slice"));
}

/** A service from the lines of its [Service] section, and of its [Unit] section. */
export function service(lines: string, unit = ""): string {
  return `[Unit]\n${unit}\n[Service]\n${lines}\n`;
}
