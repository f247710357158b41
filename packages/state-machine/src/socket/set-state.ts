import type { SocketState } from "../model/socket.ts";
import { emit } from "../turn.ts";
import { dropControl } from "../unit/control-process.ts";
import { setMachine } from "../unit/set-state.ts";
import { disarm } from "../unit/timers.ts";
import { data, patch, type SocketUnit, settings } from "./data.ts";

/** States in which nobody is waited for, and no time-out counts. */
const settled: ReadonlySet<SocketState> = new Set(["dead", "listening", "running", "failed"]);
/** States in which the sockets are open: from the moment that they are asked for until nothing can need them. */
const open: ReadonlySet<SocketState> = new Set([
  "start-chown",
  "start-post",
  "listening",
  "running",
  "stop-pre",
  "stop-pre-sigterm",
  "stop-pre-sigkill",
]);

/** The one door between states: what a state does not have ends here, then the rest of the core hears of it. */
export function setState(s: SocketUnit, state: SocketState): void {
  const { unit, turn } = s;
  if (settled.has(state)) {
    disarm(turn, unit, "state");
    dropControl(turn, unit);
  }
  const { sockets, state: before } = data(s);
  if (sockets !== undefined && !open.has(state)) {
    emit(turn, { kind: "closeSockets", unit, set: sockets.set, remove: settings(s).removeOnStop });
    patch(s, { sockets: undefined });
  } else if (sockets !== undefined && before === "listening" && state !== "listening")
    emit(turn, { kind: "unwatchSockets", unit, set: sockets.set });
  setMachine(turn, unit, { ...data(s), state });
}
