import type { Machine } from "../engine.ts";
import { data, patch } from "../service/data.ts";
import { setState } from "../service/set-state.ts";
import { patchUnit, take, unitOf } from "../turn.ts";
import { invocationId } from "../unit/invocation.ts";
import { simpleMachine } from "./simple.ts";

/** What "up" is called in each type that steward serves itself. */
const upIn: Readonly<Record<string, string>> = {
  socket: "running",
  timer: "waiting",
  path: "waiting",
  automount: "waiting",
  mount: "mounted",
  swap: "active",
  scope: "running",
  device: "plugged",
};

/** Units whose work steward does itself, or that no container can run: they become active and run nothing. */
export const builtinMachine: Machine = {
  start(turn, unit) {
    const { machine } = unitOf(turn, unit);
    if (machine.type !== "service") return simpleMachine(upIn[machine.type] ?? "active").start(turn, unit);
    const s = { turn, unit };
    patchUnit(turn, unit, { invocation: invocationId(turn.state.seed, take(turn, "nextInvocation")) });
    patch(s, { result: "success" });
    setState(s, { kind: "exited" });
    return "acted";
  },
  stop(turn, unit) {
    const { machine } = unitOf(turn, unit);
    if (machine.type === "service") setState({ turn, unit }, { kind: "dead" });
    else simpleMachine("").stop(turn, unit);
    return "acted";
  },
  reload(turn, unit) {
    const s = { turn, unit };
    if (unitOf(turn, unit).machine.type === "service") setState(s, data(s).state);
    return "quiet";
  },
};
