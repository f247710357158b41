import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  encodeUtf8,
  escapeName,
  escapePath,
  instantiate,
  isValidUnitName,
  mangleUnitName,
  parseUnitName,
  templateOf,
  unescapeName,
  unescapePath,
  unitNameFromPath,
  unitNameToPath,
} from "@steward/unit-file";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("unit names", () => {
  test.each([
    ["foo.service", "plain"],
    ["foo@.service", "template"],
    ["foo@bar.service", "instance"],
    ["foo@bar@baz.service", "instance"],
    ["-.mount", "plain"],
    ["a-b\\x2dc:d_e.f.timer", "plain"],
  ])("%s is valid: %s", (name, kind) => {
    expect(parseUnitName(name)?.kind).toBe(kind);
  });
  test.each([
    "",
    "foo",
    ".service",
    "@.service",
    "@x.service",
    "foo.bar",
    "foo bar.service",
    "foo/bar.service",
    "fö.service",
    "foo.service.",
    `${"x".repeat(248)}.service`,
  ])("%j is not", (name) => {
    expect(isValidUnitName(name)).toBe(false);
  });
  test("templates and instances", () => {
    expect(templateOf("a@b.service")).toBe("a@.service");
    expect(templateOf("a.service")).toBeUndefined();
    expect(instantiate("a@.service", "x")).toBe("a@x.service");
    expect(instantiate("a@.service", "")).toBeUndefined();
    expect(instantiate("a.service", "x")).toBeUndefined();
  });
});

describe("escaping", () => {
  test.each([
    ["/foo//bar/baz/", "foo-bar-baz"],
    ["/", "-"],
    ["foo/./bar", "foo-bar"],
    ["/.hidden", "\\x2ehidden"],
    ["/a-b", "a\\x2db"],
    ["/ä", "\\xc3\\xa4"],
  ])("path %s is %s", (path, escaped) => {
    expect(escapePath(path)).toBe(escaped);
  });
  test("paths that go up are refused", () => {
    expect(escapePath("/a/../b")).toBeUndefined();
    expect(unescapePath("")).toBeUndefined();
    expect(unescapeName("\\x0")).toBeUndefined();
    expect(unescapeName("\\x00")).toBeUndefined();
  });
  test("names of paths", () => {
    expect(unitNameFromPath("/home/lennart", "mount")).toBe("home-lennart.mount");
    expect(unitNameToPath("home-lennart.mount")).toBe("/home/lennart");
    expect(unitNameToPath("-.mount")).toBe("/");
  });
  test.each([
    ["foo", "foo.service"],
    ["foo.socket", "foo.socket"],
    ["/dev/sda1", "dev-sda1.device"],
    ["/home", "home.mount"],
    ["foo@bar", "foo@bar.service"],
    ["foo bar", "foo\\x20bar.service"],
  ])("%s is mangled to %s", (text, name) => {
    expect(mangleUnitName(text)).toBe(name);
  });
  test("law: unescaping undoes escaping", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 0xd7ff })).map((units) => String.fromCharCode(...units)),
        (text) => {
          expect(unescapeName(escapeName(text))).toBe(text);
        },
      ),
    );
  });
});

/** Recorded by record-escape.mjs: a string, then plain, --path, --unescape, --unescape --path, --mangle; null where systemd-escape refuses. */
const answers = readFileSync(fileURLToPath(new URL("recorded/escape.jsonl", import.meta.url)), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as [string, ...(string | null)[]]);

describe("equal to systemd-escape", () => {
  test.each([
    ["plain", 1, escapeName],
    ["--path", 2, escapePath],
    ["--unescape", 3, unescapeName],
    ["--unescape --path", 4, unescapePath],
    ["--mangle", 5, (text: string) => mangleUnitName(text)],
  ] as const)("%s", (_, column, ours) => {
    for (const answer of answers) {
      const mine = ours(answer[0]);
      expect([answer[0], mine === undefined ? null : shown(mine)]).toEqual([answer[0], answer[column]]);
    }
  });
  // Bytes that are no UTF-8 were recorded as the replacement character.
  const shown = (text: string): string => new TextDecoder().decode(encodeUtf8(text));
});
