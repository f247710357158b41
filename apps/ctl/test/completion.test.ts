import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { candidates } from "../src/completion/candidates.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
let home = "";
let env: NodeJS.ProcessEnv = {};
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "completion-"));
  mkdirSync(join(home, "units"));
  for (const name of ["zz-web.service", "zz-db.service", "zz-job@.service", "zz.target"])
    writeFileSync(join(home, "units", name), "[Unit]\nDescription=x\n");
  writeFileSync(
    join(home, "stewardctl"),
    `#!/bin/sh\nexec "${process.execPath}" --conditions=source "${main}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
  mkdirSync(join(home, "config/systemd/user"), { recursive: true });
  for (const name of ["zz-web.service", "zz-db.service", "zz.target"])
    writeFileSync(join(home, "config/systemd/user", name), "[Unit]\nDescription=x\n");
  // A user's units, and nobody who answers.
  env = {
    PATH: `${home}:${process.env.PATH}`,
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_RUNTIME_DIR: join(home, "run"),
    LANG: "C.UTF-8",
  };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): string[] {
  const { stdout, error } = spawnSync(program, args, { encoding: "utf8", env, cwd: home });
  if (error !== undefined) throw error;
  return stdout.split("\n").filter((line) => line !== "");
}
/** Asked in this process, as the user whose home that is. */
async function words(...typed: readonly string[]): Promise<string[]> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return (await candidates(typed)).map(({ word }) => word);
  } finally {
    Object.assign(process.env, before);
    for (const name of Object.keys(env)) if (before[name] === undefined) delete process.env[name];
  }
}
const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

test("verbs, options, values and units", async () => {
  expect(await words("daemon-r")).toEqual(["daemon-reload", "daemon-reexec"]);
  expect(await words("--user", "start", "zz-")).toEqual(["zz-db.service", "zz-web.service"]);
  expect(await words("--user", "isolate", "zz.")).toEqual(["zz.target"]);
  expect(await words("--user", "edit", "zz-w")).toEqual(["zz-web.service"]);
  expect(await words("--job-m")).toEqual(["--job-mode="]);
  expect(await words("list-units", "--type=so")).toEqual(["--type=socket"]);
  expect(await words("list-units", "-t", "ti")).toEqual(["timer"]);
  expect(await words("kill", "-s", "SIGHU")).toEqual(["SIGHUP"]);
  expect(await words("analyze", "sec")).toEqual(["security"]);
  expect(await words("analyze", "--thr")).toEqual(["--threshold="]);
  expect(await words("show", "-p", "ExecStartP")).toEqual(["ExecStartPost", "ExecStartPre"]);
  expect(await words("verify", `${home}/units/zz-j`)).toEqual([`${home}/units/zz-job@.service`]);
  expect(await words("nonsense", "z")).toEqual([]);
});

/** Completes a line in bash, the way readline calls: words broken at "=", ":" and "@". */
const bash = (line: string): string[] =>
  run(
    "bash",
    "--norc",
    "-c",
    `eval "$(stewardctl completion bash)"; compopt() { :; }
     COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
     _stewardctl; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    line,
    ...line.split(/(?<=[=:@])|(?=[=:@])|\s+/),
  );

test("bash", () => {
  expect(bash("stewardctl daemon-r")).toEqual(["daemon-reload", "daemon-reexec"]);
  expect(bash("stewardctl --user stop zz-")).toEqual(["zz-db.service", "zz-web.service"]);
  expect(bash("stewardctl list-units --type=so")).toEqual(["socket"]);
  expect(bash("stewardctl list-units --type=")).toContain("socket");
  expect(bash("stewardctl verify units/zz-job@")).toEqual([".service"]);
});

test.runIf(has("fish"))("fish", () => {
  const fish = (line: string): string[] =>
    run("fish", "--no-config", "-c", `stewardctl completion fish | source; complete -C "${line}"`).map(
      (each) => each.split("\t")[0] ?? "",
    );
  expect(fish("stewardctl daemon-r").sort()).toEqual(["daemon-reexec", "daemon-reload"]);
  expect(fish("stewardctl --user stop zz-")).toEqual(["zz-db.service", "zz-web.service"]);
  expect(fish("stewardctl list-units --type=so")).toEqual(["--type=socket"]);
});

test.runIf(has("zsh"))("zsh", () => {
  const zsh = (...typed: readonly string[]): string[] =>
    run(
      "zsh",
      "-f",
      "-c",
      `compdef() { :; }; eval "$(stewardctl completion zsh)"
       compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@"; }
       words=(stewardctl "$@") CURRENT=$(($# + 1)); _stewardctl`,
      "zsh",
      ...typed,
    );
  expect(zsh("daemon-r")).toEqual(["daemon-reload", "daemon-reexec"]);
  expect(zsh("--user", "stop", "zz-")).toEqual(["zz-db.service", "zz-web.service"]);
  expect(zsh("--job-m")).toEqual(["--job-mode="]);
});

test("an unknown shell is refused with those that there are", () => {
  const { status, stderr } = spawnSync("stewardctl", ["completion", "tcsh"], { encoding: "utf8", env });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: "stewardctl completion: no script for tcsh; there are those for bash, zsh, fish.\n",
  });
});
