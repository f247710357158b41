import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { encodeUtf8 } from "@steward/unit-file";
import { expect, test } from "vitest";
import { convert, type EscapeMode, modeProblem } from "../../src/escape/convert.ts";

const hasGenuine = existsSync("/usr/bin/systemd-escape");

const plain: EscapeMode = { action: "escape", suffix: undefined, template: undefined, instance: false, path: false };
const modes: readonly Partial<EscapeMode>[] = [
  {},
  { path: true },
  { suffix: "mount" },
  { suffix: "service", path: true },
  { template: "foo@.service" },
  { template: "a\\x2db@.mount", path: true },
  { action: "unescape" },
  { action: "unescape", path: true },
  { action: "unescape", instance: true },
  { action: "unescape", template: "foo@.service" },
  { action: "unescape", template: "foo@.service", path: true },
  { action: "mangle" },
];
const texts = [
  "Hallöchen, Meister",
  "/home/lennart/",
  "//a/../b",
  ".hidden",
  "-",
  "/",
  "a-b",
  "foo@bar-baz.service",
  "foo@.service",
  "foo@\\x2fetc.service",
  "other@x.service",
  "foo.service",
  "\\x41\\x4",
  "\\xff\\xfe",
  "/dev/sda",
  "a/./b",
  "*",
  "日本",
  "",
  "a/../b",
  ".",
];

function flags(mode: EscapeMode): string[] {
  return [
    ...(mode.action === "escape" ? [] : [`--${mode.action}`]),
    ...(mode.suffix === undefined ? [] : [`--suffix=${mode.suffix}`]),
    ...(mode.template === undefined ? [] : [`--template=${mode.template}`]),
    ...(mode.instance ? ["--instance"] : []),
    ...(mode.path ? ["--path"] : []),
  ];
}

function genuine(mode: EscapeMode, words: readonly string[]): { text: Buffer; problem: string } {
  const run = spawnSync("systemd-escape", [...flags(mode), "--", ...words], {
    env: { PATH: "/usr/bin", LANG: "C.UTF-8" },
  });
  return { text: run.stdout, problem: run.stderr.toString().trim() };
}

test.runIf(hasGenuine).each(modes)("as systemd-escape: %j", (part) => {
  const mode = { ...plain, ...part };
  for (const text of texts) {
    const ours = convert(text, mode);
    const theirs = genuine(mode, [text]);
    const expected =
      "problem" in ours
        ? { text: "", problem: ours.problem }
        : { text: Buffer.from(encodeUtf8(`${ours.text}\n`)).toString("latin1"), problem: ours.warning ?? "" };
    expect({ text, result: expected }).toEqual({
      text,
      result: { text: theirs.text.toString("latin1"), problem: theirs.problem },
    });
  }
});

test
  .runIf(hasGenuine)
  .each([
    { suffix: "nope" },
    { template: "nope" },
    { template: "foo@.service", suffix: "mount" },
    { action: "mangle", suffix: "mount" },
    { action: "unescape", suffix: "mount" },
    { action: "mangle", path: true },
    { instance: true },
    { action: "unescape", instance: true, template: "foo@.service" },
  ] as Partial<EscapeMode>[])("refuses as systemd-escape: %j", (part) => {
  const mode = { ...plain, ...part };
  expect(modeProblem(mode, 1)).toBe(genuine(mode, ["x"]).problem);
});

test.runIf(hasGenuine)("wants a name", () => {
  expect(modeProblem(plain, 0)).toBe(genuine(plain, []).problem);
});
