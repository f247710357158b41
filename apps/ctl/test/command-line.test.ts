import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listOption, parseCommandLine, textOption } from "../src/command-line.ts";
import { optionTable } from "../src/option-table.ts";
import { mangleUnitName } from "../src/unit-name.ts";

describe("the command line", () => {
  test.each([
    [["start", "web"], "start", ["web"], {}],
    [["-q", "is-active", "web"], "is-active", ["web"], { quiet: true }],
    [["is-active", "web", "-q"], "is-active", ["web"], { quiet: true }],
    [
      ["show", "-pId", "-p", "Names,MainPID", "--property=X"],
      "show",
      [],
      { property: ["Id", "Names", "MainPID", "X"] },
    ],
    [["show", "--prop", "Id", "web"], "show", ["web"], { property: ["Id"] }],
    [["kill", "-sHUP", "web"], "kill", ["web"], { signal: "HUP" }],
    [["kill", "--kill-who=main", "web"], "kill", ["web"], { "kill-whom": "main" }],
    [["status", "--", "-.mount"], "status", ["-.mount"], {}],
    [["start", "--fail", "web"], "start", ["web"], { "job-mode": "fail" }],
    [["list-units", "-alt", "service"], "list-units", [], { all: true, full: true, type: ["service"] }],
    [["logs", "-b-1", "-u", "a,b"], "logs", [], { boot: "-1", unit: ["a,b"] }],
    [["logs", "-b", "web"], "logs", ["web"], { boot: "" }],
    [[], "", [], {}],
  ])("%j", (argv, verb, args, options) => {
    expect(parseCommandLine(argv)).toEqual({ verb, args, options });
  });

  test.each([
    [["--foo"], "unrecognized option '--foo'"],
    [["--type"], "option '--type' requires an argument"],
    [["-n"], "option requires an argument -- 'n'"],
    [["-Z"], "invalid option -- 'Z'"],
    [["--quiet=yes"], "option '--quiet' doesn't allow an argument"],
    [["--no-le=x"], "option '--no-legend' doesn't allow an argument"],
    [["--li=1"], "option '--li' is ambiguous; possibilities: '--lines' '--list-boots'"],
  ])("%j is refused in getopt's words", (argv, problem) => {
    expect(parseCommandLine(argv).problem).toBe(problem);
  });

  test("any words give a command line, never a throw", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (argv) => {
        expect(parseCommandLine(argv)).toHaveProperty("verb");
      }),
    );
  });

  test("long names and letters are each used once", () => {
    const letters = optionTable.flatMap(({ short }) => short ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    expect(new Set(optionTable.map(({ name }) => name)).size).toBe(optionTable.length);
  });

  test("options are read by their kind", () => {
    const { options } = parseCommandLine(["-t", "a,b", "-n", "5"]);
    expect(listOption(options, "type")).toEqual(["a", "b"]);
    expect(listOption(options, "lines")).toEqual([]);
    expect(textOption(options, "lines")).toBe("5");
    expect(textOption(options, "type")).toBeUndefined();
  });
});

test.each([
  ["web", "web.service"],
  ["web.service", "web.service"],
  ["getty@tty1", "getty@tty1.service"],
  ["my.app", "my.app.service"],
  ["/home/a-b", "home-a\\x2db.mount"],
  ["/", "-.mount"],
  ["/dev/sda", "dev-sda.device"],
  ["w*", "w*"],
  ["a b", "a\\x20b.service"],
  ["x.target", "x.target"],
])("%s is %s", (typed, name) => {
  expect(mangleUnitName(typed)).toBe(name);
});
