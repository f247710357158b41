import { readdirSync, readFileSync } from "node:fs";
import { type Effect, exits, forever, type LogLine, type Program } from "@steward/state-machine";
import { describe, expect, test } from "vitest";
import { World } from "./kit/world.ts";

const folder = new URL("./recorded/log-lines/", import.meta.url);
const texts = Object.fromEntries(
  readdirSync(new URL("units/", folder)).map((name) => [name, readFileSync(new URL(`units/${name}`, folder), "utf8")]),
);

/** What the programs in units/ do. */
const stubborn: Program = { ignores: [15, 12, 10] };
const programs: Readonly<Record<string, Program>> = {
  "a-ok.service": forever,
  "a-crash.service": exits(3),
  "a-killed.service": forever,
  "a-fail.service": exits(1),
  "a-dep.service": forever,
  "a-pre.service ExecStartPre": exits(7),
  "a-ec.service ExecCondition": exits(7),
  "a-noexec.service": { execFails: { status: 203, errno: 2 } },
  "a-nouser.service": { execFails: { status: 217, errno: 3 } },
  "a-tmo.service": { ...stubborn, forks: [{ atUsec: 10, program: stubborn }] },
  "a-tmos.service": forever,
  "a-binds.service": forever,
  "a-jt.service": forever,
  "a-reload.service": forever,
  "a-reload.service ExecReload": exits(1),
};

const path = (parameter: string, negate: boolean) =>
  ({ type: "ConditionPathExists", parameter, negate, trigger: false, result: "failed" }) as const;

/** Lines that the shell adds, because it knows processes by name, or that the child of a failed plan writes. */
function isOurs(line: LogLine): boolean {
  return !line.fields.some(([name, value]) => name === "MESSAGE_ID" && value === "641257651c1b4ec9a8624d7a40a9e1e7");
}
const isShells = (line: string): boolean => / Killing process | Sent signal /.test(line);

const shown = /^(UNIT|JOB_TYPE|JOB_RESULT|UNIT_RESULT|MESSAGE_ID|EXIT_CODE|EXIT_STATUS|COMMAND|N_RESTARTS)$/;

/** As recorded/log-lines/format.mjs writes them. */
function format(line: LogLine): string {
  const fields = line.fields.filter(([name]) => shown.test(name)).map(([name, value]) => `${name}=${value}`);
  fields.sort();
  for (const name of ["INVOCATION_ID", "JOB_ID"]) if (line.fields.some(([n]) => n === name)) fields.push(name);
  return `<${line.priority}> ${line.message} [${fields.join(" ")}]`;
}

const seconds = 1_000_000;

function perform(world: World, command: readonly string[]): void {
  const [verb = "", ...args] = command;
  const unit = `${args.at(-1)}.service`;
  if (verb === "kill") world.deliver({ kind: "kill", request: 0, unit, whom: "all", signal: 9 });
  else world.request(unit, verb as "start");
  world.run(4 * seconds);
}

describe("the manager's lines in the journal are systemd 252's (recorded/log-lines/record.sh)", () => {
  const recorded = readFileSync(new URL("systemd-252.txt", folder), "utf8");
  const world = new World(texts, {
    programs,
    conditions: (unit) =>
      unit === "a-cond.service"
        ? { conditions: [path("/nope", false), path("/etc", true)], asserts: [] }
        : { conditions: [], asserts: [{ ...path("/nope", false), type: "AssertPathExists" }] },
  });
  // The machine is up, as it was when the lines were recorded.
  world.start("multi-user.target").run();

  for (const block of recorded.split("### ").slice(1)) {
    const [command = "", ...lines] = block.trimEnd().split("\n");
    test(command, () => {
      const from = world.effects.length;
      perform(world, command.replace(/^systemctl /, "").split(" "));
      const ours = world.effects
        .slice(from)
        .flatMap((effect: Effect) => (effect.kind === "log" && isOurs(effect.line) ? [format(effect.line)] : []));
      expect(ours).toEqual(lines.filter((line) => !isShells(line)));
    });
  }
});
