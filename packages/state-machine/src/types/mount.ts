import type { Machine } from "../engine.ts";
import { type Turn, unitOf } from "../turn.ts";
import { setMachine } from "../unit/set-state.ts";
import { unsupportedMachine } from "./unsupported.ts";

/** systemd.mount(5): mount points are shown as the shell finds them; mounting and unmounting come later. */
export const mountMachine: Machine = unsupportedMachine("mount");

/** What is mounted, as the kernel says: units follow it, whoever mounted it. */
export function onMounts(turn: Turn, mounted: readonly string[]): void {
  const now = new Set(mounted);
  for (const id of turn.state.definitions.loaded.keys()) {
    if (!id.endsWith(".mount")) continue;
    const { machine } = unitOf(turn, id);
    if (machine.type !== "mount") continue;
    const state = now.has(id) ? "mounted" : "dead";
    if (machine.state !== state) setMachine(turn, id, { ...machine, state });
  }
}
