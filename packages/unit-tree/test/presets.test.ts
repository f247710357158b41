import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePresets, queryPreset, readPresets } from "../src/index.ts";
import { fnmatch } from "../src/install/fnmatch.ts";
import { memoryTree } from "./memory-tree.ts";

test.each([
  ["*", "a.service", true],
  ["*.service", "a.service", true],
  ["*.service", "a.socket", false],
  ["a?.service", "ab.service", true],
  ["a?.service", "a.service", false],
  ["[a-c]x", "bx", true],
  ["[!a-c]x", "bx", false],
  ["[^a-c]x", "dx", true],
  ["[]]x", "]x", true],
  ["[a", "[a", true],
  ["a\\*", "a\\b", true],
  ["t@*.service", "t@.service", true],
  ["**a**", "bab", true],
  ["", "", true],
  ["", "x", false],
])("fnmatch(%j, %j) is %j", (pattern, text, matches) => {
  expect(fnmatch(pattern, text)).toBe(matches);
});

test("many stars end", () => {
  expect(fnmatch(`${"*a".repeat(100)}b`, "a".repeat(255))).toBe(false);
});

test("a text matches itself, and with stars put in", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", ".", "@", "-")), fc.nat(), (letters, at) => {
      const text = letters.join("");
      const cut = at % (text.length + 1);
      expect(fnmatch(text, text)).toBe(true);
      expect(fnmatch(`${text.slice(0, cut)}*${text.slice(cut)}`, text)).toBe(true);
      expect(fnmatch(`${text.slice(0, cut)}*`, text)).toBe(true);
    }),
  );
});

describe("preset files", () => {
  const rules = parsePresets(
    "# c\n; c\nenable t@.service one two\ndisable t@.service\nenable  x.service\nignore i.*\nfrob y\ndisable *\n",
  );

  test.each([
    ["x.service", { action: "enable" }],
    ["t@.service", { action: "enable", units: ["t@one.service", "t@two.service"] }],
    ["t@two.service", { action: "enable" }],
    ["t@three.service", { action: "disable" }],
    ["i.socket", { action: "ignore" }],
    ["other.service", { action: "disable" }],
  ])("%s", (name, answer) => {
    expect(queryPreset(rules, name, true)).toEqual(answer);
  });

  test("without a rule a unit is enabled", () => {
    expect(queryPreset([], "a.service")).toEqual({ action: "enable" });
  });

  test("files go by their names, and the first directory has a name", () => {
    const tree = memoryTree({
      "/etc/p/50-a.preset": "disable a.*\n",
      "/usr/p/50-a.preset": "enable a.*\n",
      "/usr/p/10-b.preset": "enable b.*\n",
      "/usr/p/README": "disable *\n",
    });
    const patterns = readPresets(tree, ["/etc/p", "/none", "/usr/p"]).map(
      ({ action, pattern }) => `${action} ${pattern}`,
    );
    expect(patterns).toEqual(["enable b.*", "disable a.*"]);
  });
});
