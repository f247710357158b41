// What the Node of the dependencies needs besides glibc is copied beside the build, for root file systems that lack it.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Parts of glibc, without which there is nothing to be done anyway. */
const glibc = /^(ld-linux|libc\.|libm\.|libdl\.|libpthread\.|librt\.)/;

/** Copies the libraries into `directory`, with a file `needed` that names where each stands on this machine. */
export function copyNodeLibraries(directory) {
  rmSync(directory, { recursive: true, force: true });
  const { stdout } = spawnSync("ldd", [process.execPath], { encoding: "utf8" });
  const paths = [...(stdout ?? "").matchAll(/=> (\/\S+)/g)].map(([, path]) => path);
  const needed = paths.filter((path) => !glibc.test(basename(path)));
  if (needed.length === 0) return;
  mkdirSync(directory, { recursive: true });
  for (const path of needed) copyFileSync(path, join(directory, basename(path)));
  writeFileSync(join(directory, "needed"), `${needed.join("\n")}\n`);
}

/** The first line of each program: what the launcher set for Node is not for what Node starts. */
export const restoreLibraryPath =
  "{const e=process.env,b=e.STEWARD_LD_LIBRARY_PATH;" +
  "if(b!==undefined){delete e.STEWARD_LD_LIBRARY_PATH;b?e.LD_LIBRARY_PATH=b:delete e.LD_LIBRARY_PATH}}";
