import { reader } from "../definition/settings.ts";
import type { ExecStatus } from "../model/controlled.ts";
import type { CoreState } from "../model/state.ts";
import { neverRan } from "../unit/blank.ts";
import { type BusValue, type Property, usec } from "./value.ts";

interface Written {
  readonly path: string;
  readonly argv: readonly string[];
  readonly ignoreFailure: boolean;
  readonly noEnvExpand?: boolean;
  readonly fullPrivileges?: boolean;
  readonly noSetuid?: boolean;
  readonly ambientMagic?: boolean;
}

function flags(command: Written): string[] {
  const all: readonly (readonly [string, boolean | undefined])[] = [
    ["ignore-failure", command.ignoreFailure],
    ["privileged", command.fullPrivileges],
    ["no-setuid", command.noSetuid],
    ["ambient", command.ambientMagic],
    ["no-env-expand", command.noEnvExpand],
  ];
  return all.filter(([, on]) => on === true).map(([name]) => name);
}

/** How a command last ran, as the bus shows it. */
export function commandStatus(of: ExecStatus): BusValue[] {
  return [
    usec(of.start.realtimeUsec),
    usec(of.start.monotonicUsec),
    usec(of.exit.realtimeUsec),
    usec(of.exit.monotonicUsec),
    of.pid,
    of.code,
    of.status,
  ];
}

/** Whose commands are shown: the section that has them, their directives, and how each last ran. */
export interface ShownCommands {
  readonly id: string;
  readonly section: string;
  readonly directives: readonly string[];
  readonly ran: Readonly<Record<string, ExecStatus>>;
}

/** ExecStart= and its kin: what the unit file says, with how each command last ran. */
export function commandProperties(state: CoreState, { id, section, directives, ran: last }: ShownCommands): Property[] {
  const unit = state.definitions.loaded.get(id);
  if (unit === undefined) return [];
  const get = reader(unit.settings, section);
  return directives.flatMap((directive): Property[] => {
    const commands = get.list(directive) as readonly Written[];
    const ran = (index: number): ExecStatus => last[`${directive}:${index}`] ?? neverRan;
    return [
      {
        name: directive,
        signature: "a(sasbttttuii)",
        value: commands.map((c, i) => [c.path, c.argv, c.ignoreFailure, ...commandStatus(ran(i))]),
      },
      {
        name: `${directive}Ex`,
        signature: "a(sasasttttuii)",
        value: commands.map((c, i) => [c.path, c.argv, flags(c), ...commandStatus(ran(i))]),
      },
    ];
  });
}
