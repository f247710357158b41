import {
  directives,
  loadUnitFromFiles,
  type Position,
  parseEnvironmentFile,
  parseUnitFile,
  splitCommandLine,
  unitProperties,
  unitTypes,
} from "@steward/unit-file";
import fc from "fast-check";
import { expect, test } from "vitest";

const rows = directives();
const words = [
  "yes",
  "no",
  "infinity",
  "5s",
  "1G",
  "50%",
  "/a",
  "//a/../b",
  "-/x",
  "+/y",
  "~",
  "a b",
  '"q',
  "'",
  "\\",
  "\\x",
  "\\xff",
  "%",
  "%i",
  "%z",
  "%%",
  "@x",
  "!",
  "!!",
  "|",
  ":",
  ";",
  " ; ",
  "=",
  "A=b",
  "foo.service",
  "foo@.service",
  "foo@x.socket",
  "0",
  "-1",
  "4294967296",
  "99999999999999999999",
  "0x10",
  "1:2",
  "10.0.0.0/8",
  "::1",
  "[::1]:80",
  "80",
  "AF_INET",
  "CAP_CHOWN",
  "@system-service",
  "~@clock:EPERM",
  "SIGTERM",
  "RTMIN+3",
  "0-3,5",
  "ä",
  "\u0001",
  "Mon *-*-*",
  "daily",
  "root:ro",
  "x:y:z",
  "egress:/x",
  "ipv4:tcp:80",
];
const anyText = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength }).map((units) => String.fromCharCode(...units));
const value = fc
  .array(fc.oneof(fc.constantFrom(...words), anyText(6)), { maxLength: 6 })
  .map((w) => w.join(" ").replaceAll(/[\n\r\0]/g, ""));
const assignment = fc.tuple(fc.constantFrom(...rows), value);

test("any directive takes any value: never a throw, and every complaint has a place in the text", () => {
  fc.assert(
    fc.property(fc.array(assignment, { maxLength: 12 }), fc.constantFrom(...unitTypes), (assignments, type) => {
      const text = assignments.map(([row, v]) => `[${row.section}]\n${row.name}=${v}\n`).join("");
      const unit = loadUnitFromFiles(`fuzz@x.${type}`, [{ path: "/f", text }]);
      expect(["loaded", "bad-setting", "error"]).toContain(unit.loadState);
      const lines = text.split("\n").length;
      for (const d of unit.diagnostics as readonly Position[]) expect(d.line <= lines && d.file === "/f").toBe(true);
      for (const property of unitProperties(unit))
        expect(fits(property.value, property.signature)).toBe(property.signature);
    }),
    { numRuns: 1500 },
  );
});

/** The signature again where the value has its shape, otherwise what is wrong with it. */
function fits(v: unknown, signature: string): string {
  const rest = check(v, signature, 0);
  return rest === signature.length ? signature : `${signature} <- ${String(v)}`;
}

function check(v: unknown, s: string, at: number): number {
  const bad = -1000;
  switch (s[at]) {
    case "s":
    case "o":
      return typeof v === "string" ? at + 1 : bad;
    case "b":
      return typeof v === "boolean" ? at + 1 : bad;
    case "y":
      return within(v, 0, 255, at);
    case "q":
      return within(v, 0, 65535, at);
    case "u":
      return within(v, 0, 4294967295, at);
    case "i":
      return within(v, -2147483648, 2147483647, at);
    case "t":
      return typeof v === "bigint" && v >= 0n && v <= 0xffffffffffffffffn ? at + 1 : bad;
    case "x":
      return typeof v === "bigint" ? at + 1 : bad;
    case "a": {
      if (!Array.isArray(v)) return bad;
      for (const item of v) if (check(item, s, at + 1) !== end(s, at + 1)) return bad;
      return end(s, at + 1);
    }
    default: {
      if (!Array.isArray(v)) return bad;
      let k = at + 1;
      for (const item of v) {
        if (s[k] === ")" || k < 0) return bad;
        k = check(item, s, k);
      }
      return s[k] === ")" ? k + 1 : bad;
    }
  }
}

function within(v: unknown, low: number, high: number, at: number): number {
  return Number.isInteger(v) && (v as number) >= low && (v as number) <= high ? at + 1 : -1000;
}

function end(s: string, at: number): number {
  if (s[at] === "a") return end(s, at + 1);
  if (s[at] !== "(") return at + 1;
  let k = at + 1;
  while (s[k] !== ")") k = end(s, k);
  return k + 1;
}

test("any text at all", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "[Unit]\n",
      "[Service]\n",
      "[Install]\n",
      "[X-y]\n",
      "\\\n",
      "ExecStart=",
      "Environment=",
      "# c\n",
      "\n",
      "\0",
      "\r",
    ),
    anyText(20),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((p) => p.join("")),
      (text) => {
        loadUnitFromFiles("fuzz.service", [
          { path: "/f", text },
          { path: "/g", text },
        ]);
        parseUnitFile(text);
        parseEnvironmentFile(text);
        expect(splitCommandLine(text).words.length).toBeLessThanOrEqual(text.length);
      },
    ),
    { numRuns: 1000 },
  );
});
