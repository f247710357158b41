import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Scenario } from "./scenario.ts";

/** A scenario with names of its own, so that many can be played in one machine at the same time. */
export interface Placed {
  readonly scenario: Scenario;
  /** Begins the name of each of its units. */
  readonly prefix: string;
  /** Its own directory: `@DIR@` in its texts, `$DIR` in its commands. */
  readonly directory: string;
  /** Its units, but for templates and drop-ins. */
  readonly units: readonly string[];
  /** Puts its own names in place of those of the text. */
  readonly rename: (text: string) => string;
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Mount, automount and swap units are named after a path and cannot bear a prefix: scenarios choose paths of their own. */
const bearsPrefix = (unit: string): boolean => !/\.(mount|automount|swap|device)$/.test(unit);

export function place(scenario: Scenario, index: number, root: string): Placed {
  const prefix = scenario.alone ? "" : `s${index}-`;
  const directory = `${root}/s${index}`;
  const files = [...scenario.units.keys()];
  // `w@.service` also names its instances: what stands before the @ is enough.
  const stems = new Set(files.map((name) => name.replace(/\.d\/.*$/, "").replace(/@\.\w+$/, "@")));
  const ours = [...stems].filter(bearsPrefix).sort((a, b) => b.length - a.length);
  const names = ours.length === 0 ? undefined : new RegExp(`(?<![\\w@.:\\\\-])(${ours.map(quoted).join("|")})`, "g");
  const rename = (text: string): string => {
    const own = names === undefined ? text : text.replace(names, `${prefix}$1`);
    return own
      .replaceAll("@DIR@", directory)
      .replaceAll("@PREFIX@", prefix)
      .replace(/@program +([\w.-]+)/g, (_, name: string) => `${directory}/bin/${name}`);
  };
  const units = files.filter((name) => !name.includes(".d/") && !name.includes("@.")).map(rename);
  return { scenario, prefix, directory, units, rename };
}

/** The target that holds a scenario's units in memory. */
export const pinOf = (placed: Placed): string =>
  `${placed.prefix === "" ? placed.directory.replace(/.*\//, "") : placed.prefix.slice(0, -1)}_pin.target`;

/** Writes units, programs and files. */
export function layOut(placed: Placed, unitDirectory: string, puppet: string): void {
  const { scenario, directory, rename, units } = placed;
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  };
  mkdirSync(`${directory}/bin`, { recursive: true });
  chmodSync(directory, 0o777);
  for (const [name, text] of scenario.units) write(`${unitDirectory}/${rename(name)}`, rename(text));
  for (const [name, text] of scenario.programs) {
    const script = text.startsWith("#!") ? text : `#!${puppet} --script\n${text}`;
    write(`${directory}/bin/${name}`, rename(script), 0o755);
  }
  for (const [name, text] of scenario.files) write(`${directory}/${name}`, rename(text));
  if (scenario.pinned)
    write(
      `${unitDirectory}/${pinOf(placed)}`,
      ["[Unit]", "DefaultDependencies=no", "IgnoreOnIsolate=yes", ...units.map((unit) => `After=${unit}`), ""].join(
        "\n",
      ),
    );
}
