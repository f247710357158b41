import type { MountDirective } from "../model/effect.ts";
import type { MountData } from "../model/mount.ts";
import type { CoreState } from "../model/state.ts";
import { mountCommandLine } from "../mount/command-line.ts";
import { commandStatus } from "./commands.ts";
import type { Property } from "./value.ts";

const directives: readonly MountDirective[] = ["ExecMount", "ExecUnmount", "ExecRemount"];

/** org.freedesktop.systemd1.Mount, as far as it follows from the run-time state: what is mounted goes before what a file says. */
export function mountProperties(state: CoreState, id: string, mount: MountData): readonly Property[] {
  const settings = state.definitions.loaded.get(id)?.settings ?? {};
  const { found, commands = {} } = mount;
  const text = (name: string, value: string): Property => ({ name, signature: "s", value });
  return [
    ...(found === undefined
      ? []
      : [text("What", found.what), text("Options", found.options), text("Type", found.type)]),
    text("Result", mount.result ?? "success"),
    { name: "ControlPID", signature: "u", value: mount.control?.pid ?? 0 },
    ...directives.map((directive): Property => {
      const ran = commands[`${directive}:0`];
      const line = ran === undefined ? undefined : mountCommandLine(id, settings, directive);
      const value = ran === undefined || line === undefined ? [] : [[line[0], line, false, ...commandStatus(ran)]];
      return { name: directive, signature: "a(sasbttttuii)", value };
    }),
  ];
}
