import { basename } from "node:path";
import {
  environmentDirectories,
  environmentGeneratorDirectories,
  generatorDirectories,
  readEnvironmentDirectories,
  runEnvironmentGenerators,
  runGenerators,
  type Variables,
} from "@steward/unit-tree";
import type { Environment } from "./environment.ts";
import { letGoOfTimer } from "./kernel-timer.ts";

/** Told of each line that a generator prints, and of each that failed. */
export type GeneratorLog = (identifier: string, priority: number, message: string) => void;

const containers = /^(systemd-nspawn|lxc|lxc-libvirt|openvz|docker|podman|rkt|wsl|proot|pouch|container-other)$/;

/** What systemd.generator(7) says that generators find in their environment. */
function generatorEnvironment(environment: Environment): Record<string, string> {
  const { facts, scope } = environment;
  const kind = containers.test(facts.virtualization) ? "container" : "vm";
  return {
    PATH: environment.variables.get("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    SYSTEMD_SCOPE: scope,
    SYSTEMD_IN_INITRD: "0",
    SYSTEMD_FIRST_BOOT: facts.firstBoot ? "1" : "0",
    SYSTEMD_ARCHITECTURE: facts.architecture,
    ...(facts.virtualization === "none" ? {} : { SYSTEMD_VIRTUALIZATION: `${kind}:${facts.virtualization}` }),
    ...(scope === "user" ? Object.fromEntries(environment.variables) : {}),
  };
}

/** Runs the generators, as at boot and at each reload. Beside another systemd its own have done so. */
export async function generateUnits(environment: Environment, log: GeneratorLog): Promise<void> {
  const { places, scope } = environment;
  if (places.besideSystemd) return;
  const base = places.systemdDirectory;
  const ends = await runGenerators({
    directories: generatorDirectories(scope),
    output: { normal: `${base}/generator`, early: `${base}/generator.early`, late: `${base}/generator.late` },
    environment: generatorEnvironment(environment),
    log: (path, line) => log(basename(path), 6, line),
  });
  letGoOfTimer(); // each generator had a time-out of its own
  for (const { path, status, failure } of ends)
    if (status !== 0) log("systemd", 4, `${path} ${failure ?? `failed with exit status ${status}.`}`);
}

/** Lets environment.d(5) and the environment generators add to what services inherit: once, at boot. */
export async function generateEnvironment(environment: Environment, log: GeneratorLog): Promise<void> {
  const { scope, variables, tree } = environment;
  let found: Variables = Object.fromEntries(variables);
  if (scope === "user")
    found = readEnvironmentDirectories(
      tree,
      environmentDirectories(process.env.XDG_CONFIG_HOME ?? `${environment.home}/.config`),
      found,
    );
  const generated = await runEnvironmentGenerators({
    directories: environmentGeneratorDirectories(scope),
    variables: found,
    log: (path, line) => log(basename(path), 6, line),
  });
  letGoOfTimer();
  for (const [name, value] of Object.entries(generated.variables)) variables.set(name, value);
}
