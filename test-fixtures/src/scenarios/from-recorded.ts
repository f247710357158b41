/** The scenarios that the simulator is compared with (packages/state-machine/test/recorded), for real machines. */
import { type Group, groups } from "../../../packages/state-machine/test/recorded/groups/groups.ts";
import type { Behaviour } from "../../../packages/state-machine/test/recorded/traces/behaviour.ts";
import {
  type Scenario as OneService,
  scenarios as services,
} from "../../../packages/state-machine/test/recorded/traces/scenarios.ts";
import type { Scenario } from "./scenario.ts";

const signals = { KILL: 9, TERM: 15, ABRT: 6, HUP: 1, SEGV: 11, USR1: 10, USR2: 12 } as const;

/** A behaviour as puppet's actions. */
function toActions(b: Behaviour): string {
  const actions: string[] = [];
  if (b.ignoresTerm) actions.push("ignore=15");
  for (const [name, status] of Object.entries(b.traps ?? {}))
    actions.push(`exit-on=${signals[name as keyof typeof signals]}:${status}`);
  if (b.leaves === "child") actions.push("{ wait }");
  if (b.leaves === "stubborn child") actions.push("{ ignore=15 wait }");
  if (b.daemon !== undefined) {
    const file = b.daemon.pidFile === undefined ? "" : `pidfile=${b.daemon.pidFile} `;
    actions.push(`{ ${file}${toActions(b.daemon.behaviour)} }`);
  }
  if (b.readyMs !== undefined) actions.push(`sleep=${b.readyMs}`, "notify=READY=1");
  for (const [ms, ...words] of b.says ?? []) actions.push(`sleep=${ms}`, `notify=${words.join("\\n")}`);
  if (b.endMs === undefined && b.exit === undefined && b.signal === undefined) return [...actions, "wait"].join(" ");
  actions.push(`sleep=${Math.max(1, (b.endMs ?? 1) - (b.readyMs ?? 0))}`);
  actions.push(b.signal === undefined ? `exit=${b.exit ?? 0}` : `raise=${signals[b.signal]}`);
  return actions.join(" ");
}

const steps = (list: readonly (string | number)[], command: (step: string) => string): string[] =>
  list.map((step) => (typeof step === "number" ? `pause ${step}` : command(step)));

function commands(
  prefix: string,
  main: Behaviour | undefined,
  others: Readonly<Record<string, Behaviour>> | undefined,
  programs: Map<string, string>,
): string[] {
  return Object.entries({ ExecStart: main ?? {}, ...others }).map(([directive, behaviour]) => {
    if (behaviour.notFound) return `${directive}=/nonexistent/program`;
    programs.set(`${prefix}${directive}`, `${toActions(behaviour)}\n`);
    return `${directive}=@program ${prefix}${directive}`;
  });
}

/** A machine that does other things too must not pass 600 ms unseen. */
const inDirectory = (text: string): string =>
  text.replace(/\/run\/(t-\d+\.pid)/g, "@DIR@/$1").replace("RestartSec=600ms", "RestartSec=1h");

function service(one: OneService): Scenario {
  const programs = new Map<string, string>();
  const exec = commands("", one.main, one.others, programs);
  const text = ["[Unit]", ...(one.unit ?? []), "[Service]", ...exec, ...one.lines, ""].join("\n");
  return {
    name: one.name,
    origin: "traces",
    alone: false,
    pinned: true,
    units: new Map([["t.service", inDirectory(text)]]),
    programs: new Map([...programs].map(([name, actions]) => [name, inDirectory(actions)])),
    files: new Map(),
    steps: steps(one.do, (step) => `systemctl ${step} t.service`),
  };
}

function group(one: Group): Scenario {
  const resolve = (text: string): string => text.replace(/@(\w+)/g, "$1.service");
  const programs = new Map<string, string>();
  const units = new Map<string, string>();
  for (const [name, of] of Object.entries(one.units)) {
    const exec = commands(`${name}-`, of.main, of.others, programs);
    const text = ["[Unit]", resolve(of.unit ?? ""), "[Service]", ...exec, of.service ?? "", ""].join("\n");
    units.set(`${name}.service`, text);
  }
  return {
    name: one.name,
    origin: "groups",
    alone: false,
    pinned: true,
    units,
    programs,
    files: new Map(),
    steps: steps(one.do, (step) => `systemctl ${resolve(step)}`),
  };
}

/** By the name of their recording. */
export const converted: Readonly<Record<string, readonly Scenario[]>> = {
  traces: services.map(service),
  groups: groups.map(group),
};
