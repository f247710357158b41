import type { ServiceResult } from "../model/service.ts";
import { emit } from "../turn.ts";
import { armAfter } from "../unit/timers.ts";
import { control, data, patch, type Service, settings } from "./data.ts";
import { enterRunning } from "./running.ts";
import { setState } from "./set-state.ts";
import { has, spawnControl } from "./spawn.ts";

/** ExecReload=, and ReloadSignal= for Type=notify-reload (253). */
export function enterReload(s: Service): void {
  const { type, timeoutStartUsec, reloadSignal } = settings(s);
  const { main } = data(s);
  patch(s, { reloadResult: "success" });
  const signals = type === "notify-reload" && main !== undefined;
  if (signals) {
    patch(s, { notifyState: "ready" });
    emit(s.turn, { kind: "signal", unit: s.unit, token: main.token, signal: reloadSignal });
  }
  armAfter(s.turn, s.unit, "state", timeoutStartUsec);
  if (has(s, "ExecReload")) setState(s, { kind: "reload", control: spawnControl(s, "ExecReload") });
  else if (signals) setState(s, { kind: "reload-signal", sinceUsec: s.turn.now.monotonicUsec });
  else enterRunning(s, "success");
}

/** The reload is over, well or not; the service runs on in any case. */
export function endReload(s: Service, result: ServiceResult): void {
  patch(s, { reloadResult: result });
  enterRunning(s, "success");
}

/** A reload that takes too long: its process is killed, the service is left alone. */
export function killReload(s: Service): void {
  const running = control(data(s).state);
  if (running === undefined) return;
  emit(s.turn, { kind: "signal", unit: s.unit, token: running.token, signal: 9, why: "kill" });
}
