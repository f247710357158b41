/** Mutated frames and plans into the keeper's parsers, built with the address and undefined-behaviour sanitizers. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  encodeCommand,
  encodeJournalOutput,
  encodePlan,
  encodeSocketSpec,
  journalOutTable,
  type KeeperCommand,
} from "../src/index.ts";
import { command, message, plan, socketSpec } from "./arbitrary.ts";

const keeper = join(import.meta.dirname, "../keeper");
const seed = 20_261_123;

beforeAll(() => {
  execFileSync("sh", [join(keeper, "build.sh"), "fuzz"], { stdio: "inherit" });
}, 300_000);

/** Samples for the mutator: u32 length and bytes each. */
function pack(samples: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    samples.flatMap((sample) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(sample.length);
      return [length, sample];
    }),
  );
}

const plans = (): Buffer[] => fc.sample(plan, { numRuns: 300, seed }).map((one) => encodePlan(one));

test.each([
  [
    "manager",
    () => [
      ...fc
        .sample(command, { numRuns: 600, seed })
        .map((one, index) => encodeCommand(index * 7, one as unknown as KeeperCommand)),
      ...plans().map((bytes, token) => encodeCommand(token * 1000, { kind: "spawn", token, group: "g", plan: bytes })),
    ],
  ],
  [
    "journal",
    () => fc.sample(message(journalOutTable), { numRuns: 300, seed }).map((one) => encodeJournalOutput(one as never)),
  ],
  ["plan", plans],
  ["sockets", () => fc.sample(socketSpec, { numRuns: 300, seed }).map((one) => encodeSocketSpec(one))],
])("%s survives", { timeout: 120_000 }, (what, samples) => {
  const output = execFileSync(join(keeper, "bin/fuzz"), [what, String(seed), "60000"], {
    input: pack(samples()),
    encoding: "utf8",
  });
  expect(output).toBe("done\n");
});
