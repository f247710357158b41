import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compatibilityPage } from "../src/compatibility.ts";

test("docs/compatibility.md is what the tables say", () => {
  const path = join(import.meta.dirname, "../../../docs/compatibility.md");
  expect(readFileSync(path, "utf8")).toBe(compatibilityPage());
});

test("every member of the Manager interface is served or named as not", () => {
  expect(compatibilityPage()).not.toMatch(/Manager[^#]*\| not served/);
});
