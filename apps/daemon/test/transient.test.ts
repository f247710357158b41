import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DBusError, type Value, variant } from "@steward/ipc";
import { loadUnitFromFiles, propertySlots, type UnitType } from "@steward/unit-file";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readProperties } from "../src/transient/read-properties.ts";
import { References } from "../src/transient/references.ts";
import { TransientFiles } from "../src/transient/transient-files.ts";

const types: readonly UnitType[] = ["service", "scope", "slice", "timer", "socket", "path"];
const names = fc.oneof(
  fc.constantFrom(...types.flatMap((type) => propertySlots(type).map(({ name }) => name))),
  fc.constantFrom("AddRef", "PIDs", "Controller", "StandardInputFileDescriptor", "ExecStartEx", "MemoryMaxScale"),
  fc.string(),
);
const text = fc.oneof(fc.string(), fc.constantFrom("a\nExecStart=/x", "\\", "%n", "a.service", "/x y", "-/x"));
const number64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const number32 = fc.integer({ min: -5, max: 0xffff });
const words = fc.array(text, { maxLength: 3 });
/** Values as the wire gives them, by signature. */
const bySignature: readonly (readonly [string, fc.Arbitrary<Value>])[] = [
  ["b", fc.boolean()],
  ["s", text],
  ["u", fc.nat()],
  ["i", number32],
  ["h", fc.nat({ max: 5 })],
  ["t", number64],
  ["as", words],
  ["au", fc.array(fc.nat(), { maxLength: 3 })],
  ["ay", fc.uint8Array({ maxLength: 9 })],
  ["aay", fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 3 })],
  ["(bas)", fc.tuple(fc.boolean(), words)],
  ["(bs)", fc.tuple(fc.boolean(), text)],
  ["(aiai)", fc.tuple(fc.array(number32, { maxLength: 3 }), fc.array(number32, { maxLength: 3 }))],
  ["a(ss)", fc.array(fc.tuple(text, text), { maxLength: 3 })],
  ["a(sb)", fc.array(fc.tuple(text, fc.boolean()), { maxLength: 3 })],
  ["a(st)", fc.array(fc.tuple(text, number64), { maxLength: 3 })],
  ["a(say)", fc.array(fc.tuple(text, fc.uint8Array({ maxLength: 9 })), { maxLength: 3 })],
  ["a(ssbt)", fc.array(fc.tuple(text, text, fc.boolean(), number64), { maxLength: 3 })],
  ["a(sasb)", fc.array(fc.tuple(text, words, fc.boolean()), { maxLength: 3 })],
  ["a(sasas)", fc.array(fc.tuple(text, words, words), { maxLength: 3 })],
  ["a(iayu)", fc.array(fc.tuple(number32, fc.uint8Array({ maxLength: 16 }), fc.nat()), { maxLength: 3 })],
  ["a(iiqq)", fc.array(fc.tuple(number32, number32, fc.nat(), fc.nat()), { maxLength: 3 })],
];
const given = fc.oneof(...bySignature.map(([signature, value]) => value.map((v) => variant(signature, v))));

test("whatever a client sends gives text that loads, or an error of the bus", () => {
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.array(fc.tuple(names, given), { maxLength: 3 }), (type, pairs) => {
      try {
        const { text } = readProperties(`x.${type}`, type, pairs, {});
        // Nobody smuggles a line, a section or a specifier in.
        const { diagnostics } = loadUnitFromFiles(`x.${type}`, [{ path: "x", text }]);
        expect(diagnostics.filter(({ line, message }) => line > 0 && /Unknown/.test(message))).toEqual([]);
        for (const line of text.split("\n")) expect(line).toMatch(/^(|\[[A-Z][a-z]+\]|[A-Za-z0-9]+=.*)$/);
      } catch (error) {
        if (!(error instanceof DBusError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ["Description", "a\nExecStart=/bin/evil"],
  ["Description", "a\n[Service]\nExecStart=/bin/evil"],
  ["Description", "trailing \\"],
  ["User", "root\nExecStart=/bin/evil"],
  ["WorkingDirectory", "/a\nExecStart=/bin/evil"],
  ["SyslogIdentifier", "x\\\nExecStart=/bin/evil"],
])("%s=%j stays one statement", (name, text) => {
  const pairs = [[name, variant("s", text)]];
  let written: string;
  try {
    written = readProperties("x.service", "service", pairs, {}).text;
  } catch (error) {
    expect(error).toBeInstanceOf(DBusError);
    return;
  }
  const { settings } = loadUnitFromFiles("x.service", [{ path: "x", text: written }]);
  expect(settings.Service.ExecStart).toEqual([]);
});

test("files are written whole, and taken away with their drop-ins", () => {
  const home = mkdtempSync(join(tmpdir(), "transient-"));
  try {
    const files = new TransientFiles(join(home, "transient"));
    expect(files.names()).toEqual([]);
    files.write("a.service", "[Unit]\n");
    expect(readFileSync(join(files.directory, "a.service"), "utf8")).toBe(
      "# This is a transient unit file, created programmatically via the systemd API. Do not edit.\n[Unit]\n",
    );
    expect(files.names()).toEqual(["a.service"]);
    expect(files.owns(join(files.directory, "a.service"))).toBe(true);
    expect(files.owns("/etc/systemd/system/a.service")).toBe(false);
    files.remove("a.service", ["/etc/passwd"]);
    expect(readdirSync(files.directory)).toEqual([]);
  } finally {
    rmSync(home, { recursive: true });
  }
});

test("references are counted by holder, and end with it", () => {
  let released = 0;
  const references = new References({ released: () => released++, changed: () => undefined });
  const client = {};
  references.add("a.service", client);
  references.add("a.service", ":1.7");
  references.add("a.service", ":1.7");
  expect(references.names("a.service")).toEqual([":1.7", ":1.7"]);
  expect(references.remove("a.service", {})).toBe(false);
  expect(references.remove("a.service", ":1.7")).toBe(true);
  references.leave(client);
  expect([references.has("a.service"), released]).toEqual([true, 1]);
  references.leave(":1.7");
  expect([references.has("a.service"), released]).toEqual([false, 2]);
});
