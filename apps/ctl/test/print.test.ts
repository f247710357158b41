import { expect, test } from "vitest";
import { formatBytes } from "../src/print/bytes.ts";
import { matchesPattern } from "../src/print/pattern.ts";
import { processTree } from "../src/print/process-tree.ts";
import { quoteDouble, quotePosix } from "../src/print/quote.ts";
import { parseSignal, signalName } from "../src/print/signals.ts";
import { ellipsize, tableLines } from "../src/print/table.ts";

test.each([
  ["plain", "plain", "plain"],
  ["", '""', ""],
  ["a b", '"a b"', "$'a b'"],
  ['say "x"', '"say \\"x\\""', "$'say \"x\"'"],
  ["it's", '"it\'s"', "$'it\\'s'"],
  ["$HOME", '"\\$HOME"', "$'$HOME'"],
  ["a\nb", '"a\\nb"', "$'a\\nb'"],
  ["man:foo(8)", '"man:foo(8)"', "$'man:foo(8)'"],
])("%j is quoted as %s and %s", (text, double, posix) => {
  expect([quoteDouble(text), quotePosix(text)]).toEqual([double, posix]);
});

test.each([
  [0n, "0B"],
  [1023n, "1023B"],
  [1024n, "1.0K"],
  [1_153_434n, "1.1M"],
  [104_857_600n, "100.0M"],
  [1n << 62n, "4.0E"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("signals by name and number", () => {
  expect(["TERM", "SIGHUP", "9", "RTMIN+3", "RTMAX-1", "FOO", "0", "65"].map(parseSignal)).toEqual([
    15,
    1,
    9,
    37,
    63,
    undefined,
    undefined,
    undefined,
  ]);
  for (let signal = 1; signal <= 64; signal++)
    if (signal < 32 || signal > 33) expect(parseSignal(signalName(signal))).toBe(signal);
});

test.each([
  ["w*", "web.service", true],
  ["*.service", "web.service", true],
  ["w?b.service", "web.service", true],
  ["w[ae]b*", "web.service", true],
  ["w[!e]b*", "web.service", false],
  ["web", "web.service", false],
  ["web.service", "webxservice", false],
])("%s and %s", (pattern, name, matches) => {
  expect(matchesPattern(name, [pattern])).toBe(matches);
});

test("a table is as wide as its cells and header", () => {
  const columns = [{ title: "A" }, { title: "LONG" }, { title: "N", right: true }];
  const rows = [
    [{ text: "one" }, { text: "x" }, { text: "5" }],
    [{ text: "é" }, { text: "" }, { text: "10" }],
  ];
  expect(tableLines(columns, rows, { header: true })).toEqual(["A   LONG  N", "one x     5", "é        10"]);
  expect(tableLines(columns, rows, { header: false })).toEqual(["one x  5", "é     10"]);
});

test("long texts lose their middle", () => {
  expect(ellipsize("abcdefghij", 5)).toBe("ab…ij");
  expect(ellipsize("abc", 5)).toBe("abc");
});

test("processes stand below their groups, strangers at the end", () => {
  const rows = [
    ["/system.slice/a.service", 20, "/bin/b"],
    ["/system.slice/a.service", 3, "/bin/a"],
    ["/system.slice/a.service/sub", 100, "/bin/c"],
    ["", 7, "/bin/d"],
  ] as const;
  expect(processTree(rows, "/system.slice/a.service", "  ")).toEqual([
    "  ├─ 3 /bin/a",
    "  ├─20 /bin/b",
    "  └─sub",
    "    └─100 /bin/c",
    "  ‣ 7 /bin/d",
  ]);
});
