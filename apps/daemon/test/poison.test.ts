import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PoisonWatch } from "../src/poison.ts";

function watch(): PoisonWatch {
  const directory = mkdtempSync(join(tmpdir(), "poison-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return new PoisonWatch(join(directory, "recovering"));
}

test("the sixth start within ten seconds of deaths gives up on the record, and counting begins anew", () => {
  const poison = watch();
  const verdicts = [0, 1, 2, 3, 4, 5, 6].map((second) => poison.begin(1_000_000 + second * 1000));
  expect(verdicts).toEqual([false, false, false, false, false, true, false]);
});

test("deaths that lie apart, or that a good recovery lies between, are no poison", () => {
  const slow = watch();
  expect([0, 1, 2, 3, 4, 5, 6].map((n) => slow.begin(1_000_000 + n * 3000))).not.toContain(true);
  const good = watch();
  for (let n = 0; n < 20; n++) {
    expect(good.begin(1_000_000 + n)).toBe(false);
    good.survived();
  }
});
