// Records what the genuine `systemd --test` makes of packages/graph/test/support/every-type.ts, without what this machine has mounted.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everyType } from "../../packages/graph/test/support/every-type.ts";
import { askSystemd } from "../../packages/graph/test/support/genuine.ts";

const directory = mkdtempSync(join(tmpdir(), "every-type-"));
try {
  chmodSync(directory, 0o755);
  for (const [name, text] of Object.entries(everyType)) writeFileSync(join(directory, name), text);
  const { units, jobs, isContainer } = askSystemd(directory, "all.target");
  const isMachine = (name) => units.get(name)?.isFromMountinfo && name !== "-.mount";
  const kept = [...units]
    .filter(([name, unit]) => !isMachine(name) && (unit.loadState !== "not-found" || unit.edges.length > 0))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = kept.map(([name, unit]) => {
    const edges = unit.edges.filter((edge) => !isMachine(edge.split(" ")[1])).sort();
    return JSON.stringify([name, { ...unit, edges }]);
  });
  console.log(`{"isContainer":${isContainer},\n"jobs":${JSON.stringify(jobs)},\n"units":[\n${lines.join(",\n")}\n]}`);
} finally {
  rmSync(directory, { recursive: true });
}
