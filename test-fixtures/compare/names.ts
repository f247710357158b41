/**
 * Same names: generated strings through the genuine systemd-escape in all its modes and through @steward/unit-file.
 *
 *     node --conditions=source test-fixtures/compare/names.ts [count] [first seed]
 */
import { spawnSync } from "node:child_process";
import {
  escapeName,
  escapePath,
  instantiate,
  mangleUnitName,
  unescapeName,
  unescapePath,
  unitNameFromPath,
} from "../../packages/unit-file/src/index.ts";
import { type Random, random } from "./random.ts";

// A NUL ends a string for systemd-escape, so it is not given any.
/** The modes: what systemd-escape is called with, and what we do for it. */
const modes: readonly [args: readonly string[], ours: (text: string) => string | undefined][] = [
  [[], escapeName],
  [["--path"], escapePath],
  [["--unescape"], (text) => unescapeName(text.replace(/\\x00.*/s, ""))],
  [["--unescape", "--path"], unescapePath],
  // systemd-escape makes names of any length; unitNameFromPath keeps to the 255 bytes that a unit name may have.
  [["--path", "--suffix=mount"], (text) => unitNameFromPath(text, "mount") ?? suffixed(escapePath(text))],
  [["--template=foo@.service"], (text) => instantiate("foo@.service", escapeName(text))],
  [["--mangle"], (text) => mangleUnitName(text)],
];

/** Names of more than 255 bytes end in a hash, "…_24689aa7a4ad5194.mount"; unit-file gives none for them. */
const isHashed = (name: string | undefined): boolean =>
  name !== undefined && name.length >= 255 && /_[0-9a-f]{16}\.[a-z]+$/.test(name);

const suffixed = (escaped: string | undefined): string | undefined =>
  escaped === undefined || escaped.length < 250 ? undefined : `${escaped}.mount`;

const alphabet = [
  ..."abcXYZ019-_.:\\@/%+ =,~$!'\"&?*[]",
  "é",
  "ß",
  "日",
  "\t",
  "\\x2d",
  "\\x2f",
  "\\x",
  "//",
  "..",
  "./",
  ".service",
  ".mount",
  "-",
];

/** A string that an argument can hold. */
export function nameText(r: Random): string {
  const length = r.chance(0.02) ? 200 + r.below(80) : 1 + r.below(r.chance(0.2) ? 30 : 9);
  const text = Array.from({ length }, () => r.pick(alphabet)).join("");
  return r.chance(0.3) ? `/${text}` : text;
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 10_000);
  const r = random(Number(process.argv[3] ?? 1));
  const size = 100;
  const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SYSTEMD_LOG_LEVEL: "emerg" };
  let different = 0;
  for (let i = 0; i < count / size; i++) {
    const [args, ours] = modes[i % modes.length]!;
    const texts = Array.from({ length: size }, () => nameText(r));
    const one = (text: string): string | undefined => {
      const run = spawnSync("systemd-escape", [...args, "--", text], { encoding: "utf8", env });
      return run.status === 0 ? run.stdout.replace(/\n$/, "") : undefined;
    };
    for (const text of texts) {
      // What is no UTF-8 is printed as bytes there and kept as lone surrogates here: both look like U+FFFD now.
      const [a, b] = [one(text), ours(text)?.toWellFormed()];
      if (a === b || isHashed(a)) continue;
      different++;
      console.log(`systemd-escape ${args.join(" ")} -- ${JSON.stringify(text)}\n    genuine: ${a}\n    ours:    ${b}`);
    }
  }
  console.log(`${count} strings, ${different} different`);
  process.exitCode = different > 0 ? 1 : 0;
}
