import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { levelPrefix, parseEntries, parseSyslogMessage, StreamLines, trimLineEnd } from "../src/index.ts";

describe("lines of a stream", () => {
  const text = fc
    .array(fc.constantFrom("a", "bc", "\n", "\0", "<3>", "  ", "ä"), { maxLength: 60 })
    .map((parts) => Buffer.from(parts.join("")));

  test("are the same however the bytes are cut, and when some are sent again", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(80), { maxLength: 6 }), fc.nat(30), (bytes, cuts, again) => {
        const read = (pieces: [number, number][]): [string, string | undefined, number][] => {
          const lines = new StreamLines<string>(0, (a, b) => a === b);
          const found = pieces.flatMap(([from, to]) => lines.push(from, bytes.subarray(from, to), "x"));
          return [...found, ...lines.finish()].map((line) => [line.bytes.toString("latin1"), line.lineBreak, line.end]);
        };
        const at = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])].sort(
          (a, b) => a - b,
        );
        const pieces = at
          .slice(1)
          .map((end, i): [number, number] => [Math.max(0, at[i]! - (i > 0 ? again % 5 : 0)), end]);
        expect(read(pieces)).toEqual(read([[0, bytes.length]]));
      }),
    );
  });

  test("go on behind what was written before", () => {
    const bytes = Buffer.from("one\ntwo\nthree\n");
    const lines = new StreamLines<string>(4, (a, b) => a === b);
    expect(lines.push(0, bytes, "x").map((line) => [line.bytes.toString(), line.end])).toEqual([
      ["two", 8],
      ["three", 14],
    ]);
  });
});

test.each([
  ["<3>text", { level: 3, start: 3 }],
  ["<07>text", { level: 7, start: 4 }],
  ["<8>text", undefined],
  ["<30>text", undefined],
  ["<>text", undefined],
  ["<3text", undefined],
  ["3>text", undefined],
])("level prefix of %j", (line, expected) => {
  expect(levelPrefix(Buffer.from(line))).toEqual(expected);
});

test.each([
  ["trail   ", "trail"],
  ["  lead", "  lead"],
  ["   ", "   "],
  ["cr\r", "cr"],
  ["tab\tx", "tab\tx"],
])("the end of %j is trimmed as journald 252 was seen to do", (line, expected) => {
  expect(trimLineEnd(Buffer.from(line)).toString()).toBe(expected);
});

test.each([
  ["<30>Nov 23 01:02:03 name[12]: text with trail  \n\0", "text with trail", true],
  ["raw   spaces: x", "raw   spaces: x", true],
  ["  lead", "lead", true],
  ["<30>Nov 23 01:02:03 host name[12]: hosted", "host name[12]: hosted", false],
  ["<6>zero fac: m", "zero fac: m", true],
])("syslog %j keeps the raw datagram where journald 252 was seen to do", (text, message, raw) => {
  const parsed = parseSyslogMessage(Buffer.from(text));
  expect(parsed.message.toString()).toBe(message);
  expect(parsed.raw !== undefined).toBe(raw);
});

describe("native entries", () => {
  const shown = (bytes: Buffer, trusted = false): string[][] =>
    parseEntries(bytes, trusted).map((entry) => entry.map(([name, value]) => `${name}=${value}`));
  const long = (name: string, value: string): string =>
    `${name}\n${String.fromCharCode(value.length)}\0\0\0\0\0\0\0${value}\n`;

  test.each([
    ["A=1\nB=2\n", [["A=1", "B=2"]]],
    ["A=1\nB=2", [["A=1", "B=2"]]],
    ["A=1\n\nB=2\n", [["A=1"], ["B=2"]]],
    [`${long("A", "x\ny")}B=2\n`, [["A=x\ny", "B=2"]]],
    ["#comment=1\n.control=2\nA=1\n", [["A=1"]]],
    ["_PID=1\nlower=1\n1A=1\nA B=1\nA=1\n", [["A=1"]]],
    ["A=x=y\nB=\n", [["A=x=y", "B="]]],
    ["A=1\nTORN\n\x09\0\0\0\0\0\0\0abc", [["A=1"]]],
    ["", []],
  ])("%j", (text, expected) => {
    expect(shown(Buffer.from(text))).toEqual(expected);
  });

  test("the manager may give trusted fields", () => {
    expect(shown(Buffer.from("_PID=1\nA=1\n"), true)).toEqual([["_PID=1", "A=1"]]);
  });

  test("any bytes are taken without an error", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseEntries(Buffer.from(bytes), false)));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseSyslogMessage(Buffer.from(bytes))));
  });
});

test.each([
  ["<27>Nov 23 01:02:03 daemon[42]: it broke", [3, 3, "daemon", "42", "it broke"]],
  ["<13>Jan  1 00:00:00 user: hello", [5, 1, "user", undefined, "hello"]],
  ["<0>kernelish", [0, 0, undefined, undefined, "kernelish"]],
  ["plain words: here", [6, 1, undefined, undefined, "plain words: here"]],
  ["name: two words", [6, 1, "name", undefined, "two words"]],
  ["<30>name[1]:  spaced", [6, 3, "name", "1", " spaced"]],
  ["<191>x:", [7, 23, "x", undefined, ""]],
])("syslog %j", (text, expected) => {
  const { level, facility, identifier, pid, message } = parseSyslogMessage(Buffer.from(text));
  expect([level, facility, identifier, pid, message.toString()]).toEqual(expected);
});
