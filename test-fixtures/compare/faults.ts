/**
 * Faults for real: a hundred services that start, stop, crash, notify and write numbered lines, with sockets and timers, while the manager and the
 * journal process are killed at random instants. Nothing may be killed or started twice, no connection refused, no line lost or
 * doubled, no zombie left, no timer lost.
 *
 *     node --conditions=source test-fixtures/compare/faults.ts [--kills=200] [--seed=1] [--services=100] [--cgroup=v2|none]
 *
 * Needs root; runs in namespaces of its own, speaks to loopback alone, and ends by itself.
 */
import { parseArgs } from "node:util";
import { runFaults } from "../src/faults/run.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    services: { type: "string", default: "100" },
    cgroup: { type: "string", default: "v2" },
  },
});
const cgroup = values.cgroup === "none" ? "none" : "v2";
const { faults, ...figures } = await runFaults({
  kills: Number(values.kills),
  seed: Number(values.seed),
  services: Number(values.services),
  cgroup,
});
for (const fault of faults) console.log(fault);
const { kills, seconds, services, starts, connections, lines } = figures;
console.log(
  `seed ${values.seed}, cgroup ${cgroup}: ${kills} kills in ${seconds} s, ${services} services, ${starts} starts, ${connections} connections, ${lines} numbered lines, ${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
