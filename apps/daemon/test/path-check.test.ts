import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expandBraces, firstMatch } from "../src/glob.ts";
import { checkPath, isHiddenOrBackup } from "../src/path-check.ts";
import { watchOf } from "../src/path-looks.ts";

let room = "";
beforeAll(() => {
  room = mkdtempSync(join(tmpdir(), "steward-paths-"));
  for (const directory of ["empty", "hidden", "full", "sub/a", "sub/b"])
    mkdirSync(join(room, directory), { recursive: true });
  for (const file of ["file", "hidden/.x", "hidden/y~", "full/z", "sub/b/go", "we[ird"])
    writeFileSync(join(room, file), "");
  symlinkSync("nowhere", join(room, "dangling"));
});
afterAll(() => rmSync(room, { recursive: true }));

describe("what a path unit's path is found to be", () => {
  test.each([
    ["PathExists", "file", true],
    ["PathExists", "gone", false],
    ["PathExists", "dangling", false],
    ["PathExists", "file/below", false],
    ["PathChanged", "file", true],
    ["DirectoryNotEmpty", "empty", false],
    ["DirectoryNotEmpty", "hidden", false],
    ["DirectoryNotEmpty", "full", true],
    ["DirectoryNotEmpty", "gone", false],
    ["DirectoryNotEmpty", "file", false],
    ["PathExistsGlob", "f*e", true],
    ["PathExistsGlob", "g*", false],
    ["PathExistsGlob", "sub/*/go", true],
    ["PathExistsGlob", "hidden/*", true],
    ["PathExistsGlob", "hidden/?x", false],
    ["PathExistsGlob", "{gone,file}", true],
    ["PathExistsGlob", "dangl*", true],
  ] as const)("%s=%s: %s", (type, path, good) => expect(checkPath({ type, path: join(room, path) }).good).toBe(good));

  test("a pattern says which file it is", () => {
    expect(firstMatch(`${room}/sub/{a,b}/g?`)).toBe(`${room}/sub/b/go`);
    expect(firstMatch(`${room}/we[[]ird`)).toBe(`${room}/we[ird`);
  });

  test.each([
    ["a", ["a"]],
    ["{a,b}", ["a", "b"]],
    ["x{a,b{c,d}}y", ["xay", "xbcy", "xbdy"]],
    ["{a}", ["{a}"]],
    ["{a,b", ["{a,b"]],
    ["{a,b}{c,d}", ["ac", "ad", "bc", "bd"]],
  ])("braces of %s", (pattern, expected) => expect([...expandBraces(pattern)].sort()).toEqual([...expected].sort()));

  test("braces do not grow without bound", () =>
    expect(expandBraces("{a,b}".repeat(40)).length).toBeLessThanOrEqual(1024));

  test.each([".x", "x~", "x.bak", "x.dpkg-old", "lost+found"])("%s is nothing", (name) =>
    expect(isHiddenOrBackup(name)).toBe(true),
  );
  test.each(["x", "bak", "x.baker", "new"])("%s is something", (name) => expect(isHiddenOrBackup(name)).toBe(false));
});

test("a watch's id says whose it is", () => {
  expect(watchOf("path/a@b.path/12/3")).toEqual({ unit: "a@b.path", look: 12, index: 3 });
  expect(watchOf("web.service")).toBeUndefined();
  expect(watchOf("timezone")).toBeUndefined();
});
