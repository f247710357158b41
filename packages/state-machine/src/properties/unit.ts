import type { UnitDefinition } from "../definition/definition.ts";
import { definitionOf, resolveName } from "../definition/definitions.ts";
import { reader } from "../definition/settings.ts";
import type { ConditionOutcome } from "../model/event.ts";
import type { CoreState, MachineData, TriggerDetails } from "../model/state.ts";
import { blankUnit } from "../unit/blank.ts";
import { freezable } from "../unit/freezer.ts";
import { mountProperties } from "./mount.ts";
import { serviceCommands, serviceProperties } from "./service.ts";
import { socketProperties } from "./socket.ts";
import { timerProperties } from "./timer.ts";
import { type BusValue, type Property, timestamp } from "./value.ts";
import { unitView } from "./view.ts";

const outcomeNumber = { failed: -1, error: -1, untested: 0, succeeded: 1 } as const;

function checked(outcomes: readonly ConditionOutcome[]): BusValue {
  return outcomes.map((o) => [o.type, o.trigger, o.negate, o.parameter, outcomeNumber[o.result]]);
}

/** The conditions of the unit file, none of them looked at yet. */
function unchecked(state: CoreState, id: string, what: "Condition" | "Assert"): BusValue {
  const unit = state.definitions.loaded.get(id);
  if (unit === undefined) return [];
  const get = reader(unit.settings, "Unit");
  return get.list(`${what}s`).map((entry) => {
    const { type, trigger, negate, parameter } = entry as Omit<ConditionOutcome, "result">;
    return [type.startsWith(what) ? type : `${what}${type}`, trigger, negate, parameter, 0];
  });
}

function objectPath(job: number): string {
  return job === 0 ? "/" : `/org/freedesktop/systemd1/job/${job}`;
}

/** Asked for at every change of every unit: digit by digit, as cutting strings costs twenty times as much. */
function bytes(hex: string): number[] {
  const digit = (at: number): number => {
    const code = hex.charCodeAt(at);
    return code < 58 ? code - 48 : (code | 32) - 87;
  };
  const out: number[] = [];
  for (let at = 0; at < hex.length; at += 2) out.push(16 * digit(at) + digit(at + 1));
  return out;
}

const stoppable: ReadonlySet<string> = new Set([
  "service",
  "target",
  "slice",
  "scope",
  "socket",
  "timer",
  "path",
  "mount",
  "automount",
  "swap",
]);
function abilities(definition: UnitDefinition | undefined): Property[] {
  const loaded = definition?.loadState === "loaded";
  const type = definition?.type ?? "";
  const service = definition?.service;
  const canReload =
    (loaded && service !== undefined && (service.commands.ExecReload.length > 0 || service.type === "notify-reload")) ||
    type === "mount";
  const canStart = loaded && stoppable.has(type) && !definition.refuseManualStart;
  const canStop = stoppable.has(type) && !definition?.perpetual && !definition?.refuseManualStop;
  return [
    { name: "CanStart", signature: "b", value: canStart },
    { name: "CanStop", signature: "b", value: canStop },
    { name: "CanReload", signature: "b", value: canReload },
    { name: "CanIsolate", signature: "b", value: canStart && definition.allowIsolate },
    { name: "CanClean", signature: "as", value: loaded ? [...definition.cleanable] : [] },
    { name: "CanFreeze", signature: "b", value: definition !== undefined && freezable.has(definition.type) },
  ];
}

/** What the interface of the unit's type shows beyond what every unit does. */
function ownProperties(state: CoreState, id: string, machine: MachineData): readonly Property[] {
  switch (machine.type) {
    case "service":
      return serviceProperties(state, id, machine);
    case "socket":
      return socketProperties(state, id, machine);
    case "timer":
      return timerProperties(state, id, machine);
    case "scope":
      return [
        { name: "Result", signature: "s", value: machine.result },
        { name: "Controller", signature: "s", value: machine.controller },
      ];
    case "mount":
      return mountProperties(state, id, machine);
    case "path":
      return [{ name: "Result", signature: "s", value: machine.result }];
    case "target":
    case "slice":
    case "device":
      return [];
    default:
      return [{ name: "Result", signature: "s", value: "success" }];
  }
}

/** What started the unit, and the details that it was told in $TRIGGER_… (systemd.exec(5)). */
function activationDetails(trigger: TriggerDetails): BusValue {
  const details = trigger.env.filter(([name]) => name.startsWith("TRIGGER_") && name !== "TRIGGER_UNIT");
  return [["trigger_unit", trigger.unit], ...details.map(([name, value]) => [name.toLowerCase(), value])];
}

/**
 * The properties of org.freedesktop.systemd1.Unit, and of the interface of the unit's type, that follow from the run-time
 * state. What the unit file says comes from @steward/unit-file, what the machine knows (ControlGroup, MemoryCurrent …)
 * from the shell.
 */
export function runtimeProperties(state: CoreState, name: string): readonly Property[] {
  const id = resolveName(state, name);
  const definition = definitionOf(state, id);
  const unit = state.units.get(id) ?? blankUnit(definition, id);
  return [
    ...changingProperties(state, id),
    ...(unit.machine.type === "service" ? serviceCommands(state, id, unit.machine) : []),
    { name: "Description", signature: "s", value: unitView(state, id).description },
    { name: "Following", signature: "s", value: "" },
    ...abilities(definition),
    { name: "Markers", signature: "as", value: [] },
    { name: "Perpetual", signature: "b", value: definition?.perpetual ?? false },
  ];
}

/** Those of them that systemd tells its clients in PropertiesChanged, and some that are as quickly gathered. */
export function changingProperties(state: CoreState, name: string): readonly Property[] {
  const id = resolveName(state, name);
  const unit = state.units.get(id) ?? blankUnit(definitionOf(state, id), id);
  const { activeState, subState } = unitView(state, id);
  const job = unit.job ?? unit.nopJob ?? 0;
  return [
    ...ownProperties(state, id, unit.machine),
    { name: "ActiveState", signature: "s", value: activeState },
    { name: "FreezerState", signature: "s", value: unit.freezer ?? "running" },
    { name: "SubState", signature: "s", value: subState },
    ...timestamp("StateChangeTimestamp", unit.stateChange),
    ...timestamp("InactiveExitTimestamp", unit.inactiveExit),
    ...timestamp("ActiveEnterTimestamp", unit.activeEnter),
    ...timestamp("ActiveExitTimestamp", unit.activeExit),
    ...timestamp("InactiveEnterTimestamp", unit.inactiveEnter),
    { name: "Job", signature: "(uo)", value: [job, objectPath(job)] },
    { name: "ConditionResult", signature: "b", value: unit.conditionResult },
    { name: "AssertResult", signature: "b", value: unit.assertResult },
    ...timestamp("ConditionTimestamp", unit.conditionAt),
    ...timestamp("AssertTimestamp", unit.assertAt),
    {
      name: "Conditions",
      signature: "a(sbbsi)",
      value: unit.conditions.length > 0 ? checked(unit.conditions) : unchecked(state, id, "Condition"),
    },
    {
      name: "Asserts",
      signature: "a(sbbsi)",
      value: unit.asserts.length > 0 ? checked(unit.asserts) : unchecked(state, id, "Assert"),
    },
    { name: "InvocationID", signature: "ay", value: bytes(unit.invocation) },
    {
      name: "ActivationDetails",
      signature: "a(ss)",
      value: unit.trigger === undefined ? [] : activationDetails(unit.trigger),
    },
  ];
}
