import type { Machine } from "../engine.ts";
import { logUnit, priority } from "../log/log.ts";
import type { MountDirective } from "../model/effect.ts";
import type { Event, UnitEvent } from "../model/event.ts";
import { patchUnit, type Turn, unitOf } from "../turn.ts";
import { unlimited } from "../unit/blank.ts";
import {
  controlExecFailed,
  controlExited,
  controlNotMade,
  controlSpawned,
  groupEmptied,
} from "../unit/control-process.ts";
import { forget } from "../unit/timers.ts";
import { mountCommandLine } from "./command-line.ts";
import { blame, data, type MountUnit, patch } from "./data.ts";
import { row } from "./table.ts";

const tasks: Partial<Record<MountDirective, string>> = {
  ExecMount: "mount",
  ExecRemount: "remount",
  ExecUnmount: "umount",
};

function onExited(m: MountUnit, event: Extract<UnitEvent, { readonly kind: "exited" }>): void {
  const ended = controlExited<MountDirective>(m.turn, m.unit, event, () => false);
  if (ended === undefined) return;
  const { result } = ended;
  const reloads = data(m).state.startsWith("remounting");
  if (!reloads) blame(m, result);
  row(m).ended(m, result);
}

function onEvent(m: MountUnit, event: UnitEvent): void {
  const directive = data(m).control?.command.directive;
  switch (event.kind) {
    case "spawned":
      return controlSpawned(m.turn, m.unit, event);
    case "spawnFailed":
      if (!controlNotMade(m.turn, m.unit, event) || directive === undefined) return;
      logUnit(m.turn, priority.warning, m.unit, `Failed to run '${tasks[directive]}' task: ${event.reason}`);
      return row(m).notMade(m);
    case "execFailed": {
      const settings = m.turn.state.definitions.loaded.get(m.unit)?.settings ?? {};
      const line = directive === undefined ? undefined : mountCommandLine(m.unit, settings, directive);
      return controlExecFailed(m.turn, m.unit, event, line?.[0] ?? "");
    }
    case "exited":
      return onExited(m, event);
    case "groupEmpty":
      groupEmptied(m.turn, m.unit);
      return;
    case "timer":
      if (event.slot === "state" && forget(m.turn, m.unit, "state")) row(m).timeout(m);
      return;
    default:
      return;
  }
}

/** Mounts, as the job engine sees them (systemd.mount(5)). */
export const mountMachine: Machine = {
  start: (turn, unit) => row({ turn, unit }).start({ turn, unit }),
  stop: (turn, unit) => row({ turn, unit }).stop({ turn, unit }),
  reload: (turn, unit) => row({ turn, unit }).reload({ turn, unit }),
  resetFailed(turn, unit) {
    const m = { turn, unit };
    row(m).resetFailed(m);
    patch(m, { result: "success", reloadResult: "success" });
    patchUnit(turn, unit, { startLimit: unlimited, startLimitHit: false });
  },
  event: (turn, unit, event) => onEvent({ turn, unit }, event),
};

/** What is mounted, as the kernel says, all of it: units follow, whoever mounted. */
export function onMounts(turn: Turn, { mounted }: Extract<Event, { readonly kind: "mounts" }>): void {
  const now = new Map(mounted.map(({ unit, ...found }) => [unit, found]));
  for (const id of turn.state.definitions.loaded.keys()) {
    if (!id.endsWith(".mount") || unitOf(turn, id).machine.type !== "mount") continue;
    const m = { turn, unit: id };
    const { found: before, state } = data(m);
    const found = now.get(id);
    // What steward only shows as mounted is not for it to take away.
    if (found === undefined && Object.hasOwn(turn.state.definitions.builtin, id)) continue;
    if (found === undefined) {
      if (before !== undefined) patch(m, { found: undefined });
      if (before !== undefined || state === "mounted" || state === "mounting-done") row(m).gone(m);
    } else if (before?.what !== found.what || before.type !== found.type || before.options !== found.options) {
      patch(m, { found });
      row(m).found(m);
    }
  }
}
