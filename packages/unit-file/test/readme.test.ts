import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as api from "@steward/unit-file";
import { expect, test } from "vitest";

const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");

test("the example says what it says", () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const body = example
    .replace(/^import .*$/m, "")
    .replace(/\/etc/g, "/etc")
    .replace(/^unit.*$/gm, (line) => `out.push(${line.slice(0, line.indexOf("; //"))});`);
  const out: unknown[] = [];
  new Function("out", "formatDiagnostic", "loadUnitFromFiles", body)(out, api.formatDiagnostic, api.loadUnitFromFiles);
  const comments = [...example.matchAll(/; \/\/ (.*)$/gm)].map((m) => JSON.parse(m[1] as string));
  expect(out).toEqual(comments);
  expect(out).toHaveLength(4);
});

test("every function that it names is there", () => {
  const named = [...readme.matchAll(/`([a-z][A-Za-z0-9]+)`/g)].map((m) => m[1] as string);
  const known = new Set([
    ...Object.keys(api),
    "list",
    "show",
    "read",
    "readlink",
    "stat",
    "facts",
    "specifiers",
    "settings",
    "dependencies",
    "diagnostics",
    "loadState",
    "loadError",
  ]);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
