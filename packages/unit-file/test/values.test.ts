import {
  type LoadedUnit,
  loadUnitFromFiles,
  normalizeSocketAddress,
  parseEnvironmentFile,
  parseMode,
  parsePermyriad,
  parseRlimit,
  parseSignal,
  parseSize,
  signalName,
  splitCommandLine,
  syscallsOf,
} from "@steward/unit-file";
import { describe, expect, test } from "vitest";

const service = (text: string): LoadedUnit =>
  loadUnitFromFiles("a@i.service", [{ path: "/f", text: `[Service]\n${text}\n` }]);
const argv = (exec: string): readonly (readonly string[])[] =>
  service(`Type=oneshot\nExecStart=${exec}`).settings.Service.ExecStart.map((c) => c.argv);

describe("command lines (systemd.service(5))", () => {
  test.each([
    ["/bin/a b  c", [["/bin/a", "b", "c"]]],
    [`/bin/a "b c" 'd "e"' f"g h"i`, [["/bin/a", "b c", 'd "e"', "fg hi"]]],
    [`/bin/a "" ''`, [["/bin/a", "", ""]]],
    ["/bin/a \\t\\x41\\101\\u00e4\\s\\\\", [["/bin/a", "\tAAä \\"]]],
    ["/bin/a \\xc3\\xa4", [["/bin/a", "ä"]]],
    ["/bin/a \\xff", [["/bin/a", "\udcff"]]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: these are systemd's variables.
    ["/bin/a $A ${B} $$", [["/bin/a", "$A", "${B}", "$$"]]],
    ["/bin/a %i %% %n", [["/bin/a", "i", "%", "a@i.service"]]],
    ["/bin/a ; /bin/b ;", [["/bin/a"], ["/bin/b"]]],
    ['/bin/a \\; ;x x; ";"', [["/bin/a", ";", ";x", "x;", ";"]]],
    ["@/bin/a zero one", [["zero", "one"]]],
    ["/bin/a \\q", [["/bin/a", "\\q"]]],
  ])("%s", (text, expected) => {
    expect(argv(text)).toEqual(expected);
  });
  test.each([
    ["-/bin/a", { ignoreFailure: true }],
    ["+-/bin/a", { ignoreFailure: true, fullPrivileges: true }],
    ["!/bin/a", { noSetuid: true, ambientMagic: false }],
    ["!!/bin/a", { noSetuid: false, ambientMagic: true }],
    [":@/bin/a zero", { noEnvExpand: true, separateArgv0: true }],
  ])("%s", (text, flags) => {
    expect(service(`ExecStart=${text}`).settings.Service.ExecStart[0]).toMatchObject({ path: "/bin/a", ...flags });
  });
  test("a relative path stays, and is searched for when it runs", () => {
    expect(service("ExecStart=true x").settings.Service.ExecStart[0]).toMatchObject({
      path: "true",
      argv: ["true", "x"],
    });
  });
  test("what `-` marks may be wrong without harm", () => {
    expect(service("ExecStart=/bin/ok\nExecStop=-/bin/").loadState).toBe("loaded");
    expect(service("ExecStart=/bin/ok\nExecStop=/bin/").loadState).toBe("bad-setting");
  });
  test("splitting by itself", () => {
    expect(splitCommandLine(`a "b c" d`)).toEqual({ words: ["a", "b c", "d"], unknownEscapes: false });
    expect(splitCommandLine(`a "b`).error).toBe("unbalanced-quoting");
    expect(splitCommandLine("a \\q")).toEqual({ words: ["a", "\\q"], unknownEscapes: true });
  });
});

test.each([
  ["1024", 1024],
  ["1K", 1024],
  ["1.5G", 1610612736],
  ["4G 1M", 4295098368 - 131072 + 1048576],
  ["1M 4G", undefined],
  ["", undefined],
  ["1KiB", undefined],
  ["-1", undefined],
])("size %j is %j", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ["10%", 1000],
  ["12.34%", 1234],
  ["5‰", 50],
  ["101%", undefined],
  ["10", undefined],
])("share %j is %j", (text, share) => {
  expect(parsePermyriad(text)).toBe(share);
});

test.each([
  ["0755", 0o755],
  ["755", 0o755],
  ["07777", 0o7777],
  ["10000", undefined],
  ["8", undefined],
  ["0x1ff", undefined],
])("mode %j is %j", (text, mode) => {
  expect(parseMode(text)).toBe(mode);
});

test.each([
  ["SIGTERM", 15],
  ["TERM", 15],
  ["9", 9],
  ["RTMIN+3", 37],
  ["SIGRTMAX-1", 63],
  ["RTMAX", 64],
  ["0", undefined],
  ["term", undefined],
])("signal %j is %j", (text, number) => {
  expect(parseSignal(text)).toBe(number);
  if (number !== undefined) expect(parseSignal(signalName(number) as string)).toBe(number);
});

test.each([
  ["NOFILE", "1024:4096", { soft: 1024, hard: 4096 }],
  ["FSIZE", "1G", { soft: 2 ** 30, hard: 2 ** 30 }],
  ["CPU", "1min", { soft: 60, hard: 60 }],
  ["CPU", "1500ms", { soft: 2, hard: 2 }],
  ["RTTIME", "5", { soft: 5, hard: 5 }],
  ["NICE", "+5", { soft: 15, hard: 15 }],
  ["NICE", "-5", { soft: 25, hard: 25 }],
  ["CORE", "infinity", { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY }],
  ["CORE", "2:1", "soft-above-hard"],
  ["CORE", "x", undefined],
])("Limit%s=%s", (name, text, limit) => {
  expect(parseRlimit(text, name)).toEqual(limit);
});

test.each([
  ["80", "[::]:80"],
  ["127.0.0.1:80", "127.0.0.1:80"],
  ["[::1]:80", "[::1]:80"],
  ["[2001:db8:0:0:0::1]:80", "[2001:db8::1]:80"],
  ["/run//x", "/run/x"],
  ["@abstract", "@abstract"],
  ["vsock::1234", "vsock:4294967295:1234"],
  ["0", undefined],
  ["65536", undefined],
  ["1.2.3:80", undefined],
  ["[::1]", undefined],
])("address %j is %j", (text, address) => {
  expect(normalizeSocketAddress(text)).toBe(address);
});

test("sets of system calls hold those inside them", () => {
  expect(syscallsOf("@file-system")).toContain("open");
  expect(syscallsOf("@system-service")).toEqual(expect.arrayContaining(["read", "open", "clone"]));
  expect(syscallsOf("@none")).toBeUndefined();
});

describe("environment files (systemd.exec(5), EnvironmentFile=)", () => {
  const read = (text: string) => parseEnvironmentFile(text, "f").value.map((e) => `${e.name}=${e.value}`);
  test.each([
    ["A=1\nB=2\n", ["A=1", "B=2"]],
    ["# c\n; c\n\n A = b c \n", ["A=b c"]],
    [`A="x y" 'z'\n`, ["A=x yz"]],
    [`A="l1\nl2"\nB='\\n'`, ["A=l1\nl2", "B=\\n"]],
    [`A="a\\"b\\$c\\\\d\\e"`, ['A=a"b$c\\d\\e']],
    ["A=a\\\nb\n", ["A=ab"]],
    ["A=a\\ b\\\\c", ["A=a b\\c"]],
    ["A=1 # not a comment", ["A=1 # not a comment"]],
    ["A=", ["A="]],
    ["no assignment\nA=1", ["A=1"]],
    ["9X=1\nA-B=2\nC=3", ["C=3"]],
    ["A='unclosed", ["A=unclosed"]],
    ["export A=1", []],
    ["# a comment \\\nA=1\nB=2", ["B=2"]],
  ])("%j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
  test("complaints name file and line", () => {
    expect(parseEnvironmentFile("A=1\n9X=2", "f").diagnostics).toMatchObject([
      { file: "f", line: 2, message: 'invalid variable name "9X", ignoring.' },
    ]);
  });
});
