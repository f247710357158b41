// biome-ignore-all lint/suspicious/noTemplateCurlyInString: systemd's variables look like this
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buildEnvironment,
  type EnvironmentInput,
  expandArguments,
  expandWord,
  type NameLookup,
  resolveCredentials,
  splitWords,
  systemDirectories,
} from "../src/index.ts";

/** Words and what systemd 252 made of them: `systemctl start` of ExecStart=/bin/echo WORDS in the lab. */
describe("variables in command lines", () => {
  const values: Record<string, string> = { A: "one", B: "two words", C: "'q u' o", D: "" };
  const look = (name: string): string | undefined => values[name];
  test.each<[string, string[]]>([
    ["$A", ["one"]],
    ["${A}", ["one"]],
    ["$B", ["two", "words"]],
    ["${B}", ["two words"]],
    ["x$A", ["x$A"]],
    ["x${A}y", ["xoney"]],
    ["$C", ["q u", "o"]],
    ["$D", []],
    ["${D}", [""]],
    ["$E", []],
    ["${E}", [""]],
    ["$$A", ["$A"]],
    ["$${A}", ["${A}"]],
    ["${A", ["${A"]],
    ["${}", [""]],
    ["$", []],
    ["$1", []],
    ["a$$b", ["a$b"]],
    ["$A $B", []],
    ["$A$B", []],
    ["${A:-x}", ["${A:-x}"]],
    ["$A-x", []],
  ])("%s", (word, wanted) => {
    expect(expandArguments([word], look)).toEqual(wanted);
  });

  test("a word without dollars stays", () => {
    fc.assert(
      fc.property(
        fc.string().filter((word) => !word.includes("$")),
        (word) => {
          expect(expandWord(word, look)).toBe(word);
        },
      ),
    );
  });

  test("splitting keeps what quotes hold", () => {
    const quoted = fc.array(fc.string().filter((word) => !/['\\]/.test(word)));
    fc.assert(
      fc.property(quoted, (words) => {
        expect(splitWords(words.map((word) => `'${word}'`).join(" "))).toEqual(words);
      }),
    );
  });
});

function environment(more: Partial<EnvironmentInput>): Record<string, string> {
  const { env } = buildEnvironment({
    context: {},
    credentials: undefined,
    manager: new Map(),
    facts: {},
    bases: systemDirectories,
    scope: "system",
    ...more,
  });
  return Object.fromEntries(
    env.map((entry) => [
      entry.text.slice(0, entry.text.indexOf("=")),
      entry.kind === "literal" ? entry.text.slice(entry.text.indexOf("=") + 1) : entry.kind,
    ]),
  );
}

describe("the environment", () => {
  test("of a plain service", () => {
    expect(
      environment({ manager: new Map([["LANG", "C.UTF-8"]]), journalRegister: 3, facts: { invocationId: "i" } }),
    ).toEqual({
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C.UTF-8",
      INVOCATION_ID: "i",
      JOURNAL_STREAM: "inode",
      SYSTEMD_EXEC_PID: "pid",
    });
  });

  test("later sources win, unset comes last", () => {
    const context = {
      environment: ["A=unit", "B=2", "C=3", "PATH=/x"],
      passEnvironment: ["TERM", "MISSING"],
      unsetEnvironment: ["B=2", "C=4", "PATH"],
    };
    const files = [{ name: "A", value: "file" }];
    expect(environment({ context, files, manager: new Map([["A", "manager"]]), inherited: { TERM: "linux" } })).toEqual(
      {
        A: "file",
        C: "3",
        TERM: "linux",
        SYSTEMD_EXEC_PID: "pid",
      },
    );
  });

  test("what a service is told about itself", () => {
    const facts = {
      notifySocket: "/n",
      mainPid: 5,
      managerPid: 6,
      pidFile: "/p",
      watchdogUsec: 7,
      extra: ["EXIT_CODE=killed"],
    };
    const directories = {
      runtime: {
        paths: [
          { path: "a", symlinks: [] },
          { path: "b", symlinks: [] },
        ],
        mode: 0o755,
      },
    };
    const told = environment({ facts, context: { directories }, scope: "user" });
    expect(told).toMatchObject({
      NOTIFY_SOCKET: "/n",
      MAINPID: "5",
      MANAGERPID: "6",
      PIDFILE: "/p",
      WATCHDOG_USEC: "7",
      WATCHDOG_PID: "pid",
      EXIT_CODE: "killed",
      RUNTIME_DIRECTORY: "/run/a:/run/b",
    });
    expect(environment({ facts }).MANAGERPID).toBeUndefined();
    expect(environment({ facts: { watchdogUsec: Number.POSITIVE_INFINITY } }).WATCHDOG_USEC).toBeUndefined();
  });
});

describe("credentials", () => {
  const names: NameLookup = {
    user: (key) =>
      ({
        u: { name: "u", uid: 7, gid: 70, home: "/home/u", shell: "/bin/bash" },
        "7": { name: "u", uid: 7, gid: 70, home: "/home/u", shell: "/bin/bash" },
        n: { name: "n", uid: 8, gid: 80, home: "/", shell: "/usr/sbin/nologin" },
      })[key],
    group: (key) => ({ g: { name: "g", gid: 71 }, "72": { name: "h", gid: 72 } })[key],
    groupsOf: (name) => (name === "u" ? [90, 70] : []),
  };
  test.each([
    [{}, { uid: undefined, gid: undefined, groups: undefined, name: undefined }],
    [{ user: "u" }, { uid: 7, gid: 70, groups: [70, 90], name: "u", home: "/home/u", shell: "/bin/bash" }],
    [
      { user: "7", group: "g", supplementaryGroups: ["72"] },
      { uid: 7, gid: 71, groups: [71, 90, 70, 72] },
    ],
    [{ user: "n" }, { uid: 8, home: undefined, shell: undefined }],
    [{ group: "g" }, { uid: undefined, gid: 71, groups: [] }],
    [{ user: "nobody" }, { uid: 65534, gid: 65534, home: undefined, shell: undefined, name: "nobody" }],
    [{ user: "0" }, { uid: 0, gid: 0, name: "root", home: "/root", shell: "/bin/sh" }],
    [{ user: "x", group: "x" }, { exitStatus: 217 }],
    [{ user: "u", group: "x" }, { exitStatus: 216 }],
    [{ supplementaryGroups: ["x"] }, { exitStatus: 216 }],
  ])("%o", (wanted, result) => {
    expect(resolveCredentials(wanted, names)).toMatchObject(result);
  });
});
