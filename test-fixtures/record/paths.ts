/**
 * What the genuine systemd makes of the path units in src/paths/scenarios.ts: as root,
 *   STEWARD_REFERENCE=1 node --conditions=source test-fixtures/record/paths.ts > test-fixtures/recorded/paths/systemd-252.json
 */
import { boot } from "../src/index.ts";
import { beginPaths, pathUnits, playPaths } from "../src/paths/run.ts";
import { pathScenarios } from "../src/paths/scenarios.ts";

const machine = await boot({ mode: "pid1", units: pathUnits() });
const stories: Record<string, readonly string[]> = {};
try {
  await beginPaths(machine);
  for (const [index, { name }] of pathScenarios.entries()) {
    console.error(name);
    stories[name] = await playPaths(machine, index);
  }
} finally {
  await machine.stop();
}
process.stdout.write(`${JSON.stringify(stories, undefined, 2)}\n`);
