import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeTree } from "../src/index.ts";

let dir: string;

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "steward-tree-"));
  const inside = (name: string): string => path.join(dir, name);
  fs.mkdirSync(inside("etc/units"), { recursive: true });
  fs.mkdirSync(inside("usr/lib"), { recursive: true });
  fs.symlinkSync("usr/lib", inside("lib"));
  fs.writeFileSync(inside("usr/lib/a.service"), "[Unit]\nDescription=A\n");
  fs.writeFileSync(inside("etc/units/broken.service"), Buffer.from([0x5b, 0xff, 0x0a]));
  fs.writeFileSync(inside("etc/units/empty.service"), "");
  fs.symlinkSync("/lib/a.service", inside("etc/units/alias.service"));
  fs.symlinkSync("loop2", inside("etc/units/loop1"));
  fs.symlinkSync("loop1", inside("etc/units/loop2"));
  fs.symlinkSync("../../../../../../../../usr/lib/a.service", inside("etc/units/escape.service"));
  fs.mkdirSync(inside("etc/units/dir.service"));
  execFileSync("mkfifo", [inside("etc/units/fifo.service")]);
});

afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const text = "[Unit]\nDescription=A\n";

describe("below a root", () => {
  test("absolute and climbing symlinks stay inside", () => {
    const tree = nodeTree(dir);
    expect(tree.read("/etc/units/alias.service")).toMatchObject({ ok: true, text });
    expect(tree.read("/etc/units/escape.service")).toMatchObject({ ok: true, text });
    expect(tree.readlink("/etc/units/alias.service")).toBe("/lib/a.service");
    expect(tree.stat("/lib/a.service")).toMatchObject({ kind: "file", size: text.length });
    expect(tree.list("/lib")).toEqual([{ name: "a.service", kind: "file" }]);
  });
});

describe.each([
  ["with a root", () => nodeTree(dir), ""],
  ["without a root", () => nodeTree(), "host"],
])("%s", (_, make, where) => {
  const at = (name: string): string => (where === "host" ? path.join(dir, name) : name);

  test("what is no file is a value, at once", () => {
    const tree = make();
    expect(tree.read(at("/etc/units/fifo.service"))).toEqual({ ok: false, error: "EBADFD" });
    expect(tree.read(at("/etc/units/dir.service"))).toEqual({ ok: false, error: "EISDIR" });
    expect(tree.read(at("/etc/units/loop1"))).toEqual({ ok: false, error: "ELOOP" });
    expect(tree.read(at("/etc/units/none"))).toEqual({ ok: false, error: "ENOENT" });
    expect(tree.read(at("/etc/units/empty.service"))).toMatchObject({ ok: true, text: "" });
    expect(tree.stat(at("/etc/units/loop1"))).toBeUndefined();
    expect(tree.stat(at("/etc/units/fifo.service"))).toMatchObject({ kind: "other" });
    expect(tree.readlink(at("/etc/units/loop1"))).toBe("loop2");
    expect(tree.readlink(at("/etc/units/dir.service"))).toBeUndefined();
    expect(tree.list(at("/etc/none"))).toBeUndefined();
    expect(tree.list(at("/etc/units/fifo.service"))).toBeUndefined();
  });

  test("bytes that are not UTF-8 survive as lone surrogates", () => {
    expect(make().read(at("/etc/units/broken.service"))).toMatchObject({ ok: true, text: "[\udcff\n" });
  });

  test("kinds of entries", () => {
    const kinds = Object.fromEntries((make().list(at("/etc/units")) ?? []).map(({ name, kind }) => [name, kind]));
    expect(kinds).toEqual({
      "alias.service": "symlink",
      "broken.service": "file",
      "dir.service": "directory",
      "empty.service": "file",
      "escape.service": "symlink",
      "fifo.service": "other",
      loop1: "symlink",
      loop2: "symlink",
    });
  });
});
