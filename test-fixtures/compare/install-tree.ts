import fs from "node:fs";
import path from "node:path";
import { type Random, random } from "./random.ts";

/** A verb to run on a tree, as systemctl takes it. */
export type Step = readonly [verb: string, ...args: string[]];

/** A generated tree of unit files and the verbs that are tried on it, one after another. */
export interface InstallCase {
  readonly seed: number;
  /** Path to contents; "-> target" is a symlink, "/" at the end a directory. */
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const services = ["a.service", "b.service", "c.service", "web.service", "db.socket", "tick.timer", "mnt-x.mount"];
const templates = ["t@.service", "u@.service", "v@.socket"];
const instances = ["t@one.service", "t@two.service", "u@x.service", "u@one.service", "v@p.socket"];
const targets = ["multi-user.target", "graphical.target", "my.target", "tt@.target", "default.target"];
const vendorDirs = ["/usr/lib/systemd/system", "/lib/systemd/system", "/usr/local/lib/systemd/system"];
const configDirs = ["/etc/systemd/system", "/run/systemd/system"];
const allDirs = [...vendorDirs, ...configDirs, "/run/systemd/generator", "/run/systemd/transient"];

function installSection(r: Random, name: string): string {
  const lines: string[] = [];
  const dependents = [
    ...targets,
    "tt@one.target",
    "missing.target",
    "a.service",
    "%p.target",
    "bad name.target",
    ...(r.chance(0.1) ? ["%x.target", "%o.target"] : []),
  ];
  if (r.chance(0.6)) lines.push(`WantedBy=${r.some(dependents, 0.25).join(" ")}`);
  if (r.chance(0.2)) lines.push(`RequiredBy=${r.some(dependents, 0.2).join(" ")}`);
  if (r.chance(0.1)) lines.push("WantedBy=");
  if (r.chance(0.3)) {
    const suffix = name.slice(name.lastIndexOf("."));
    const stems = ["alias1", "alias2", "t@", "al@", "al@one", "al@two", "%p-alias", "%i-x", "b"];
    const words = r.some(stems, 0.3).map((stem) => stem + (r.chance(0.95) ? suffix : ".timer"));
    if (r.chance(0.15)) words.push(`my.target.wants/${name}`, `my.target.requires/b.service`);
    lines.push(`Alias=${words.join(" ")}`);
  }
  if (r.chance(0.25))
    lines.push(`Also=${r.some([...services, ...templates, "t@one.service", "nope.service"], 0.2).join(" ")}`);
  if (r.chance(name.includes("@") ? 0.5 : 0.05))
    lines.push(`DefaultInstance=${r.pick(["one", "two", "x/y", "%p", ""])}`);
  return lines.length > 0 ? `[Install]\n${lines.join("\n")}\n` : "";
}

function unitText(r: Random, name: string): string {
  const body = name.endsWith(".service") ? "[Service]\nExecStart=/bin/true\n" : "[Unit]\nDescription=x\n";
  return body + (r.chance(0.8) ? installSection(r, name) : "");
}

function files(r: Random): Record<string, string> {
  const made: Record<string, string> = {};
  for (const name of [...services, ...templates, ...r.some(instances, 0.1), ...targets]) {
    if (name !== "default.target" && r.chance(0.8)) {
      const text = name.endsWith(".target") && r.chance(0.8) ? "[Unit]\nDescription=t\n" : unitText(r, name);
      made[`${r.chance(0.75) ? vendorDirs[0] : r.pick(allDirs)}/${name}`] = text;
    }
    if (r.chance(0.08)) made[`${r.pick(configDirs)}/${name}`] = unitText(r, name);
    if (r.chance(0.05)) made[`${r.pick(allDirs)}/${name}`] = r.chance(0.5) ? "-> /dev/null" : "";
    if (r.chance(0.06)) made[`${r.pick(allDirs)}/${name}.d/10-install.conf`] = installSection(r, name);
    if (r.chance(0.04)) made[`${r.pick(configDirs)}/${name}`] = `-> /opt/${name}`;
  }
  for (const name of r.some([...services, ...templates, ...instances, "old.service"], 0.15)) {
    const suffix = name.slice(name.lastIndexOf("."));
    const link = r.chance(0.6) ? `${r.pick(["alias1", "alias2", "dbus-x", "t@one", "al@"])}${suffix}` : name;
    const target = r.pick([...services, ...templates, ...instances]);
    made[`${r.pick([...configDirs, vendorDirs[0]!])}/${link}`] =
      `-> ${r.pick(["", "/usr/lib/systemd/system/", "../../../usr/lib/systemd/system/"])}${target}`;
  }
  for (const name of r.some([...services, ...templates, ...instances], 0.15)) {
    const directory = `${r.pick([...configDirs, vendorDirs[0]!])}/${r.pick(targets)}.${r.pick(["wants", "requires"])}`;
    made[`${directory}/${name}`] =
      `-> ${r.pick(["/usr/lib/systemd/system/", "../"])}${name.replace(/@[^.]*\./, r.chance(0.7) ? "@." : "$&")}`;
  }
  made["/opt/"] = "";
  for (const name of r.some(services, 0.4)) made[`/opt/${name}`] = unitText(r, name);
  if (r.chance(0.5)) made["/opt/out.service"] = unitText(r, "out.service");
  if (r.chance(0.6)) made["/usr/lib/systemd/system-preset/90-x.preset"] = presets(r);
  if (r.chance(0.3)) made["/etc/systemd/system-preset/10-a.preset"] = presets(r);
  return made;
}

function presets(r: Random): string {
  const lines = ["# presets", ""];
  for (let i = r.below(6); i > 0; i--) {
    const verb = r.pick(["enable", "disable", "disable"]);
    const pattern = r.pick([
      ...services,
      "t@.service one two",
      "t@.service",
      "u@*.service",
      "[a-b]*",
      "*.timer",
      "t@on?.service",
    ]);
    lines.push(`${verb} ${verb === "disable" ? pattern.split(" ")[0] : pattern}`);
  }
  if (r.chance(0.3)) lines.push("disable *");
  return `${lines.join("\n")}\n`;
}

function step(r: Random): Step {
  const names = [
    ...services,
    ...templates,
    ...instances,
    "alias1.service",
    "alias2.service",
    "nope.service",
    "old.service",
  ];
  const some = (): string[] => [r.pick(names), ...(r.chance(0.3) ? [r.pick(names)] : [])];
  const switches = (): string[] => [...(r.chance(0.15) ? ["--runtime"] : []), ...(r.chance(0.15) ? ["--force"] : [])];
  const target = (): string => r.pick([...targets, "tt@one.target", "missing.target"]);
  switch (r.below(16)) {
    case 0:
    case 1:
    case 2:
      return ["enable", ...switches(), ...(r.chance(0.15) ? [`/opt/${r.pick(["out.service", ...services])}`] : some())];
    case 3:
    case 4:
      return ["disable", ...switches(), ...some()];
    case 5:
      return ["reenable", ...switches(), ...some()];
    case 6:
      return [
        "preset",
        ...switches(),
        ...some(),
        ...(r.chance(0.2) ? [`--preset-mode=${r.pick(["enable-only", "disable-only"])}`] : []),
      ];
    case 7:
      return [
        "preset-all",
        ...switches(),
        ...(r.chance(0.3) ? [`--preset-mode=${r.pick(["enable-only", "disable-only"])}`] : []),
      ];
    case 8:
      return ["mask", ...switches(), ...some()];
    case 9:
      return ["unmask", ...(r.chance(0.15) ? ["--runtime"] : []), ...some()];
    case 10:
      return ["link", ...switches(), `/opt/${r.pick(["out.service", "none.service", ...services])}`];
    case 11:
      return ["revert", ...some()];
    case 12:
      return ["add-wants", ...switches(), target(), ...some()];
    case 13:
      return ["add-requires", ...switches(), target(), ...some()];
    case 14:
      return ["set-default", target()];
    default:
      return ["get-default"];
  }
}

/** The case that belongs to a seed. */
export function installCase(seed: number): InstallCase {
  const r = random(seed);
  const tree = files(r);
  const steps: Step[] = [];
  for (let i = 0; i < 6; i++) {
    steps.push(step(r));
    if (r.chance(0.5)) steps.push(["list-unit-files"]);
    if (r.chance(0.3))
      steps.push(["is-enabled", r.pick([...services, ...templates, ...instances, "alias1.service", "nope.service"])]);
  }
  return { seed, files: tree, steps };
}

/** Writes a tree to a directory. */
export function writeTree(root: string, tree: Readonly<Record<string, string>>): void {
  for (const directory of ["/etc/systemd/system", "/usr/lib/systemd/system"])
    fs.mkdirSync(root + directory, { recursive: true });
  for (const [name, contents] of Object.entries(tree)) {
    const file = root + name;
    if (name.endsWith("/")) {
      fs.mkdirSync(file, { recursive: true });
      continue;
    }
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.rmSync(file, { force: true });
    if (contents.startsWith("-> ")) fs.symlinkSync(contents.slice(3), file);
    else fs.writeFileSync(file, contents);
  }
}

/** A tree as sorted lines: links with their targets, directories, files with their sizes. */
export function showTree(root: string): string[] {
  const lines: string[] = [];
  const walk = (directory: string): void => {
    for (const entry of fs.readdirSync(root + directory, { withFileTypes: true })) {
      const name = `${directory}/${entry.name}`;
      if (entry.isSymbolicLink()) lines.push(`${name} -> ${fs.readlinkSync(root + name)}`);
      else if (entry.isDirectory()) {
        lines.push(`${name}/`);
        walk(name);
      } else lines.push(`${name} (${fs.statSync(root + name).size})`);
    }
  };
  walk("");
  return lines.sort();
}
