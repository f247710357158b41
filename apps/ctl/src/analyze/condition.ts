/** condition: whether conditions and asserts hold on this machine (systemd.unit(5), "Conditions and asserts"). */
import { userInfo } from "node:os";
import { type Condition, type Diagnostic, loadUnitFromFiles, parseUnitName } from "@steward/unit-file";
import { checkConditions, type MachineFacts, readMachineFacts, readText } from "@steward/unit-tree";
import { textOption } from "../command-line.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { printJson, wantsJson } from "../verbs/filters.ts";
import { loadOne } from "../verify/load-units.ts";

export async function condition(context: Context, words: readonly string[]): Promise<number> {
  const unit = textOption(context.options, "unit");
  if (unit !== undefined && words.length > 0) throw new Failure("No conditions can be passed if --unit= is used.");
  if (unit === undefined && words.length === 0) throw new Failure("Too few arguments for condition");
  const { name, conditions, asserts } = unit === undefined ? ofWords(context, words) : ofUnit(context, unit);
  const facts = machineFacts();
  const groups = [["Assert", asserts] as const, ["Condition", conditions] as const].map(([kind, list]) => ({
    kind,
    outcomes: checkConditions([...list].reverse(), facts),
  }));
  let code = 0;
  const told: object[] = [];
  for (const { kind, outcomes } of groups) {
    if (outcomes.length === 0) continue;
    const triggers = outcomes.filter((each) => each.trigger && each.result !== "untested");
    const holds =
      outcomes.every((each) => each.trigger || each.result === "succeeded") &&
      (triggers.length === 0 || triggers.some((each) => each.result === "succeeded"));
    if (!holds) code = 1;
    for (const each of outcomes) {
      if (each.result === "untested") continue;
      const value = `${each.trigger ? "|" : ""}${each.negate ? "!" : ""}${each.parameter}`;
      told.push({ name: kind + each.type, value, result: each.result });
      if (!wantsJson(context)) context.out.error(`${name}: ${kind}${each.type}=${value} ${each.result}.`);
    }
    if (!wantsJson(context)) context.out.error(`${kind}s ${holds ? "succeeded" : "failed"}.`);
  }
  if (wantsJson(context)) printJson(context, told);
  return code;
}

interface Lines {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly asserts: readonly Condition[];
}

function ofWords({ out }: Context, words: readonly string[]): Lines {
  const conditions: Condition[] = [];
  const asserts: Condition[] = [];
  for (const word of words) {
    if (!/^(Condition|Assert)[A-Za-z0-9]+\s*=/.test(word)) throw new Failure(`Cannot parse "${word}".`);
    const unit = loadUnitFromFiles("test.service", [
      { path: "(cmdline)", text: `[Unit]\n${word}\n[Service]\nExecStart=/bin/true\n` },
    ]);
    const problems: readonly Diagnostic[] = unit.diagnostics.filter((each) => each.line === 2);
    if (problems.some((each) => /unknown key/i.test(each.message))) throw new Failure(`Cannot parse "${word}".`);
    for (const { message } of problems) out.error(`(cmdline): ${message}`);
    conditions.push(...unit.settings.Unit.Conditions);
    asserts.push(...unit.settings.Unit.Asserts);
  }
  return { name: "test.service", conditions, asserts };
}

function ofUnit(context: Context, given: string): Lines {
  const name = parseUnitName(given) === undefined ? `${given}.service` : given;
  const unit = loadOne(context.options, name);
  if (unit.loadState === "not-found") throw new Failure(`Unit ${name} not found.`);
  return { name, conditions: unit.settings.Unit.Conditions, asserts: unit.settings.Unit.Asserts };
}

function machineFacts(): MachineFacts {
  return readMachineFacts({
    machineId: readText("/etc/machine-id").trim(),
    isPid1: false,
    environment: new Map(Object.entries(process.env).map(([key, value]) => [key, value ?? ""])),
    userName: userInfo().username,
    cgroupBase: undefined,
  });
}
