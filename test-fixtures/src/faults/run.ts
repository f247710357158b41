import { boot, clone, programs } from "../index.ts";
import { makeLoad } from "./units.ts";

/** What one run came to. */
export interface FaultsOutcome {
  readonly kills: number;
  readonly seconds: number;
  readonly services: number;
  readonly starts: number;
  readonly connections: number;
  readonly lines: number;
  readonly faults: readonly string[];
}

/** Kills the manager and the journal process of a machine under load, and looks at what became of everything. */
export async function runFaults(options: {
  readonly kills: number;
  readonly seed: number;
  readonly services: number;
  readonly cgroup: "v2" | "none";
}): Promise<FaultsOutcome> {
  const load = makeLoad(`${programs()}/puppet`, options.services);
  const { units, ...names } = load;
  const machine = await boot({
    mode: "pid1",
    cgroup: options.cgroup,
    units: { ...units, "/etc/load.json": JSON.stringify({ ...names, units }) },
  });
  try {
    await machine.sh("mkdir -p /run/seen");
    const node = `${clone}/node_modules/node/bin/node`;
    const inside = `${clone}/test-fixtures/src/faults/inside.ts`;
    const words = ["--conditions=source", inside, "/etc/load.json", String(options.kills), String(options.seed)];
    const { stdout, stderr, code } = await machine.exec(node, ...words);
    if (code !== 0) throw new Error(`${stderr}\n${machine.console().slice(-2000)}`);
    const outcome = JSON.parse(stdout) as FaultsOutcome;
    const complaints = machine
      .console()
      .split("\n")
      .filter((line) => /set aside|assert|poison/i.test(line));
    return { ...outcome, faults: [...outcome.faults, ...complaints] };
  } finally {
    await machine.stop();
  }
}
