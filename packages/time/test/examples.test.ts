import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("list the next elapses of an expression, over a change of clocks", () => {
  const file = fileURLToPath(new URL("../examples/next-elapses.ts", import.meta.url));
  const args = ["--conditions=source", file, "Sat,Sun,Mon 2:30", "Europe/Berlin", "2025-03-28 00:00:00"];
  const run = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(run.stdout.split("\n")).toEqual([
    "Mon,Sat,Sun *-*-* 02:30:00",
    "Sat 2025-03-29 02:30:00 CET",
    "Mon 2025-03-31 02:30:00 CEST",
    "Sat 2025-04-05 02:30:00 CEST",
    "Sun 2025-04-06 02:30:00 CEST",
    "Mon 2025-04-07 02:30:00 CEST",
    "",
  ]);
});
