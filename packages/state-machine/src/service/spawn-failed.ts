import { logUnit, priority } from "../log/log.ts";
import type { Event } from "../model/event.ts";
import type { ServiceStateKind } from "../model/service.ts";
import { emit, patchUnit } from "../turn.ts";
import { control, data, patch, type Service } from "./data.ts";
import { enterDead } from "./dead.ts";
import { enterSignal } from "./ending.ts";
import { endReload } from "./reload.ts";

type SpawnFailed = Extract<Event, { readonly kind: "spawnFailed" }>;

/** What systemd calls the task of a state in its message. */
const tasks: Partial<Record<ServiceStateKind, string>> = {
  condition: "start-condition",
  "start-pre": "start-pre",
  start: "start",
  "start-post": "start-post",
  reload: "reload",
  stop: "stop",
  "stop-post": "stop-post",
};

/** A command for which no process could be made: the service fails with Result=resources, a reload alone fails without it. */
export function onSpawnFailed(s: Service, { token, reason, lastOfGroup }: SpawnFailed): void {
  const { main, state } = data(s);
  const isMain = main?.token === token;
  if (!isMain && control(state)?.token !== token) return;
  logUnit(s.turn, priority.warning, s.unit, `Failed to run '${tasks[state.kind] ?? state.kind}' task: ${reason}`);
  if (lastOfGroup) patchUnit(s.turn, s.unit, { populated: false });
  if (isMain) patch(s, { main: undefined, mainKnown: true });
  switch (state.kind) {
    case "condition":
    case "start-pre":
      enterDead(s, "resources", true);
      break;
    case "reload":
      endReload(s, "resources");
      break;
    case "stop-post":
      enterSignal(s, "final-sigterm", "resources");
      break;
    default:
      enterSignal(s, "stop-sigterm", "resources");
  }
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}
