import { decodeUtf8, encodeUtf8, LONG_LINE_MAX, parseUnitFile, serializeUnitFile } from "@steward/unit-file";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const entries = (text: string) =>
  parseUnitFile(text, "f").value.sections.map((s) => [s.name, ...s.entries.map((e) => [e.key, e.value])]);
const messages = (text: string) =>
  parseUnitFile(text, "f").diagnostics.map((d) => `${d.line}:${d.column} ${d.severity} ${d.message}`);

describe("what is heard", () => {
  test.each([
    ["a plain file", "[A]\nk=v\n", [["A", ["k", "v"]]]],
    [
      "repeated keys and sections stay apart",
      "[A]\nk=1\nk=2\n[B]\n[A]\nk=3",
      [["A", ["k", "1"], ["k", "2"]], ["B"], ["A", ["k", "3"]]],
    ],
    ["white space around keys and values goes", "[A]\n \tk \t= \t v  w \t\n", [["A", ["k", "v  w"]]]],
    ["an empty value is a value", "[A]\nk=\nl= \n", [["A", ["k", ""], ["l", ""]]]],
    ["a value may hold =, # and ;", "[A]\nk=a=b # c ; d\n", [["A", ["k", "a=b # c ; d"]]]],
    ["comments", "# c\n[A]\n  ; c\nk=v\n#k=w", [["A", ["k", "v"]]]],
    ["a backslash joins lines with a blank", "[A]\nk=a\\\nb\\\n  c\n", [["A", ["k", "a b   c"]]]],
    ["two backslashes do not", "[A]\nk=a\\\\\nb=c\n", [["A", ["k", "a\\\\"], ["b", "c"]]]],
    ["comments inside a continued value are skipped", "[A]\nk=a \\\n# no\n ; no\n  b\n", [["A", ["k", "a    b"]]]],
    ["a comment is not continued", "[A]\n# c \\\nk=v\n", [["A", ["k", "v"]]]],
    ["a continuation at the end of the file counts", "[A]\nk=v\\", [["A", ["k", "v"]]]],
    ["CRLF", "[A]\r\nk=v\r\n", [["A", ["k", "v"]]]],
    ["carriage returns alone end lines too", "[A]\rk=v\rl=w", [["A", ["k", "v"], ["l", "w"]]]],
    ["a NUL ends a line", "[A]\0k=v\0[B]\n", [["A", ["k", "v"]], ["B"]]],
    ["a byte order mark at the start goes", "\ufeff[A]\nk=v", [["A", ["k", "v"]]]],
    ["the value may begin on the next line", "[A]\nk= \\\n v\n", [["A", ["k", "v"]]]],
    ["a header may be indented", "  [A]  \nk=v", [["A", ["k", "v"]]]],
  ])("%s", (_, text, expected) => {
    expect(entries(text)).toEqual(expected);
    expect(messages(text)).toEqual([]);
  });
});

describe("what is complained about", () => {
  test.each([
    ["outside of a section", "k=v\n[A]\n", ["1:1 warning Assignment outside of section. Ignoring."]],
    ["no equals sign", "[A]\n\n  word\n", ["3:3 warning Missing '=', ignoring line."]],
    ["no key", "[A]\n=v\n", ["2:1 warning Missing key name before '=', ignoring line."]],
    ["a header that is not closed ends the file", "[A\nk=v\n[B]\n", ["1:1 error Invalid section header '[A'"]],
    ["bad characters in a header", '[A"]\nk=v\n', ["1:1 error Bad characters in section header '[A\"]'"]],
    ["an over-long line", `[A]\nk=${"x".repeat(LONG_LINE_MAX)}\nl=v\n`, ["2:1 error Line too long"]],
    [
      "an over-long continuation",
      `[A]\nk=${"x".repeat(900_000)}\\\n${"x".repeat(900_000)}\nl=v\n`,
      ["3:1 error Continuation line too long"],
    ],
    [
      "invalid UTF-8",
      decodeUtf8(Uint8Array.from([91, 65, 93, 10, 107, 61, 0xe9, 10])),
      ["2:1 error String is not UTF-8 clean, ignoring assignment: k=\ufffd"],
    ],
  ])("%s", (_, text, expected) => {
    expect(messages(text)).toEqual(expected);
  });
});

test("positions: key, value, and the last line, which is the one that systemd names", () => {
  const text = "[A]\n  key = \\\n# c\n   value \\\n more\nx=1\n";
  const [first, second] = parseUnitFile(text, "f").value.sections[0]?.entries ?? [];
  expect(first).toMatchObject({ position: { line: 2, column: 3 }, lastLine: 5, valueLine: 4, valueColumn: 4 });
  expect(text.slice(first?.start, first?.end)).toBe("  key = \\\n# c\n   value \\\n more\n");
  expect(second).toMatchObject({ position: { line: 6, column: 1 }, valueLine: 6, valueColumn: 3 });
});

/** Any sequence of 16-bit units, surrogates without partners among them. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

const quirks = fc
  .array(
    fc.constantFrom(
      "[",
      "]",
      "=",
      "\\",
      "\n",
      "\r",
      "\0",
      "#",
      ";",
      " ",
      "\t",
      "A",
      "key",
      "ä",
      "\ufeff",
      "\udcff",
      '"',
      "'",
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

test("law: serialising gives the text back, whatever it is", () => {
  fc.assert(
    fc.property(fc.oneof(quirks, anyText), (text) => {
      expect(serializeUnitFile(parseUnitFile(text).value)).toBe(text);
    }),
  );
});

test("law: bytes survive the way through text", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(encodeUtf8(decodeUtf8(bytes))).toEqual(bytes);
      expect(decodeUtf8(bytes)).toBe(
        // The same as the platform's decoder wherever that finds nothing to replace.
        decodeUtf8(bytes).isWellFormed()
          ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
          : decodeUtf8(bytes),
      );
    }),
  );
});

test("law: every entry's place in the text holds its key, and statements do not overlap", () => {
  fc.assert(
    fc.property(quirks, (text) => {
      let end = 0;
      for (const section of parseUnitFile(text).value.sections) {
        for (const entry of section.entries) {
          expect(entry.start).toBeGreaterThanOrEqual(end);
          expect(entry.end).toBeGreaterThan(entry.start);
          expect(text.slice(entry.start, entry.end)).toContain(entry.key.split(" ")[0]);
          end = entry.end;
        }
      }
    }),
  );
});

test("a hundred thousand lines and a ten-megabyte line are read to the end, or refused", () => {
  const many = parseUnitFile(`[A]\n${"k=v\n".repeat(100_000)}`);
  expect(many.value.sections[0]?.entries.length).toBe(100_000);
  const long = parseUnitFile(`[A]\nk=${"x".repeat(10_000_000)}`);
  expect(long.value.error?.code).toBe("ENOBUFS");
});
