/** Other supervisors, from where this machine gets its software; what cannot be had is named. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";

/** The supervisors that others.sh knows, as Debian packages and npm's. */
export const others = ["runit", "supervisor", "pm2"] as const;

/** Fetches one into bench/.build, once; false where it cannot be had. */
export function fetchOther(build: string, name: (typeof others)[number]): boolean {
  mkdirSync(build, { recursive: true });
  const there = (): boolean =>
    name === "pm2"
      ? readdirSync(build).includes("node_modules")
      : readdirSync(build).some((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"));
  if (there()) return true;
  if (name === "pm2")
    spawnSync("npm", ["install", "--no-audit", "--no-fund", "--prefix", build, "pm2"], { cwd: build });
  else spawnSync("apt-get", ["download", name], { cwd: build });
  return there();
}
