import { logExecFailed, logProcessExit } from "../log/process-exit.ts";
import type { Controlled, ControlProcess, ExecStatus } from "../model/controlled.ts";
import type { CommandRef, MountDirective, SocketDirective } from "../model/effect.ts";
import type { UnitEvent } from "../model/event.ts";
import type { MachineData } from "../model/state.ts";
import { emit, patchUnit, type Turn, take, unitOf } from "../turn.ts";
import { neverRan } from "./blank.ts";

/**
 * Commands of units that are no services: Exec…Pre= and Exec…Post= of sockets, /bin/mount and its kin. One runs at a time; the unit's
 * record has it as `control`, and how each command last ran as `commands`.
 */
type Directive = SocketDirective | MountDirective;
type ControlledData = Extract<MachineData, Controlled>;
type EventOf<K extends UnitEvent["kind"]> = Extract<UnitEvent, { readonly kind: K }>;
type Exit = EventOf<"exited">;

/** How a command ended, as the Result= of every type words it. */
export type CommandResult = "success" | "exit-code" | "signal" | "core-dump";

const codes = { exited: 1, killed: 2, dumped: 3 } as const;
const failures = { exited: "exit-code", killed: "signal", dumped: "core-dump" } as const;
const key = (command: CommandRef): string => `${command.directive}:${command.index}`;

function controlled(turn: Turn, unit: string): ControlledData | undefined {
  const { machine } = unitOf(turn, unit);
  // Not by `control`: a record that was read back has no key for what is undefined.
  return machine.type === "service" || !("commands" in machine) ? undefined : (machine as ControlledData);
}

function patch(turn: Turn, unit: string, change: Partial<Controlled>): void {
  const machine = controlled(turn, unit);
  if (machine !== undefined) patchUnit(turn, unit, { machine: { ...machine, ...change } as MachineData });
}

/** Starts a command: the process to wait for. The caller puts it into the state that waits, as `control`. */
export function spawnControl<D extends Directive>(turn: Turn, unit: string, command: CommandRef<D>): ControlProcess<D> {
  const token = take(turn, "nextToken");
  patchUnit(turn, unit, { populated: true });
  patch(turn, unit, { commands: { ...controlled(turn, unit)?.commands, [key(command)]: neverRan } });
  emit(turn, { kind: "spawn", unit, token, command, role: "control", env: [] });
  return { token, pid: 0, command };
}

/** The keeper made the process. */
export function controlSpawned(turn: Turn, unit: string, { token, pid }: EventOf<"spawned">): void {
  const machine = controlled(turn, unit);
  const control = machine?.control;
  if (machine === undefined || control?.token !== token) return;
  const { realtimeUsec, monotonicUsec } = turn.now;
  const begun: ExecStatus = { ...neverRan, pid, start: { realtimeUsec, monotonicUsec } };
  const commands = { ...machine.commands, [key(control.command)]: begun };
  patch(turn, unit, { control: { ...control, pid } as ControlProcess<Directive>, commands });
  emit(turn, { kind: "unitChanged", unit });
}

/** A step of its exec plan failed: said here, its end follows. `path` is what was to be executed. */
export function controlExecFailed(turn: Turn, unit: string, event: EventOf<"execFailed">, path: string): void {
  if (controlled(turn, unit)?.control?.token === event.token) logExecFailed(turn, unit, path, event);
}

/**
 * A process of the unit has ended, and the keeper may forget it. Gives the command and how it went where it was the one that is waited
 * for; what follows is the machine's. `ignoreFailure` is asked of the command line (the `-` before it).
 */
export function controlExited<D extends Directive>(
  turn: Turn,
  unit: string,
  exit: Exit,
  ignoreFailure: (command: CommandRef<D>) => boolean,
): { readonly command: CommandRef<D>; readonly result: CommandResult } | undefined {
  emit(turn, { kind: "release", token: exit.token });
  const { strays } = unitOf(turn, unit);
  patchUnit(turn, unit, {
    ...(exit.lastOfGroup ? { populated: false } : {}),
    ...(strays.includes(exit.token) ? { strays: strays.filter((token) => token !== exit.token) } : {}),
  });
  const machine = controlled(turn, unit);
  if (machine?.control?.token !== exit.token) return undefined;
  const command = machine.control.command as CommandRef<D>;
  const { realtimeUsec, monotonicUsec } = turn.now;
  const before = machine.commands[key(command)] ?? neverRan;
  const status: ExecStatus = {
    ...before,
    exit: { realtimeUsec, monotonicUsec },
    code: codes[exit.code],
    status: exit.status,
  };
  patch(turn, unit, { control: undefined, commands: { ...machine.commands, [key(command)]: status } });
  const clean = (exit.code === "exited" && exit.status === 0) || ignoreFailure(command);
  logProcessExit(turn, unit, "Control process", command.directive, clean, exit);
  return { command, result: clean ? "success" : failures[exit.code] };
}

/** No process could be made for the command that is waited for. False when nobody waits for it. */
export function controlNotMade(turn: Turn, unit: string, event: EventOf<"spawnFailed">): boolean {
  if (event.lastOfGroup) patchUnit(turn, unit, { populated: false });
  const machine = controlled(turn, unit);
  if (machine?.control?.token !== event.token) return false;
  patch(turn, unit, { control: undefined });
  return true;
}

/** Nobody waits for the control process any more: it becomes a stray, whose end is only cleaned up after. */
export function dropControl(turn: Turn, unit: string): void {
  const control = controlled(turn, unit)?.control;
  if (control === undefined) return;
  patchUnit(turn, unit, { strays: [...unitOf(turn, unit).strays, control.token] });
  patch(turn, unit, { control: undefined });
}

/** The last process of the unit is gone. False when one is asked for that the keeper has not reported yet, or none was known to live. */
export function groupEmptied(turn: Turn, unit: string): boolean {
  if (controlled(turn, unit)?.control?.pid === 0 || !unitOf(turn, unit).populated) return false;
  patchUnit(turn, unit, { populated: false });
  return true;
}
