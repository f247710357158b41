import { getValues, parseUnitFile, serializeUnitFile, setValues, suggestDirective } from "@steward/unit-file";
import fc from "fast-check";
import { expect, test } from "vitest";

const edit = (text: string, section: string, key: string, ...values: string[]) =>
  serializeUnitFile(setValues(parseUnitFile(text).value, section, key, values));

test.each([
  [
    "changes a value where it stands",
    "# c\n[A]\nk=1 # x\n\n; d\nl=2\n",
    ["A", "k", "3"],
    "# c\n[A]\nk=3\n\n; d\nl=2\n",
  ],
  ["leaves what is the same alone", "[A]\n k = 1\n", ["A", "k", "1"], "[A]\n k = 1\n"],
  ["removes", "[A]\nk=1\n# c\nk=2\nl=3\n", ["A", "k"], "[A]\n# c\nl=3\n"],
  ["adds after the last of its kind", "[A]\nk=1\nl=2\n[B]\n", ["A", "k", "1", "9"], "[A]\nk=1\nk=9\nl=2\n[B]\n"],
  ["adds to the end of the section", "[A]\nl=2\n\n[B]\nm=1\n", ["A", "k", "1"], "[A]\nl=2\nk=1\n\n[B]\nm=1\n"],
  ["adds to an empty section", "[A]\n[B]\n", ["A", "k", "1"], "[A]\nk=1\n[B]\n"],
  ["adds a section", "[A]\nl=2", ["B", "k", "1"], "[A]\nl=2\n\n[B]\nk=1\n"],
  ["writes into nothing", "", ["B", "k", "1"], "[B]\nk=1\n"],
  ["replaces a value of several lines", "[A]\nk=1 \\\n# c\n 2\nl=3\n", ["A", "k", "4"], "[A]\nk=4\nl=3\n"],
  ["keeps the file's line ends", "[A]\r\nl=2\r\n", ["A", "k", "1"], "[A]\r\nl=2\r\nk=1\r\n"],
  ["keeps a reset", "[A]\nk=1\n", ["A", "k", "", "2"], "[A]\nk=\nk=2\n"],
] as const)("%s", (_, text, [section, key, ...values], expected) => {
  expect(edit(text, section, key, ...values)).toBe(expected);
});

test("law: what was set is what is heard, and other keys hear what they heard", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "=", "#", " ", "x"), maxLength: 6 }).map((s) => s.trim());
  const line = fc.oneof(fc.constantFrom("[A]", "[B]", "# c", "", "k=1", "l=2 \\", "k=3", "[A"), word);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.array(word, { maxLength: 3 }), (lines, values) => {
      const before = parseUnitFile(lines.filter((l) => l !== "[A").join("\n")).value;
      const after = setValues(before, "A", "k", values);
      expect(getValues(after, "A", "k")).toEqual(values);
      expect(getValues(after, "B", "k")).toEqual(getValues(before, "B", "k"));
      expect(getValues(after, "A", "l")).toEqual(getValues(before, "A", "l"));
    }),
  );
});

test.each([
  ["Service", "ExecStrat", "ExecStart"],
  ["Service", "execstart", "ExecStart"],
  ["Service", "RestartSecs", "RestartSec"],
  ["Service", "Description", "Unit.Description"],
  ["Unit", "WantedBy", "Install.WantedBy"],
  ["Unit", "ExecStart", "Service.ExecStart"],
  ["Service", "Qwertyuiop", undefined],
  ["Nonsense", "Foo", undefined],
])("[%s] %s= was meant to be %s", (section, name, meant) => {
  expect(suggestDirective(section, name)).toBe(meant);
});
