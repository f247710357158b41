import { definitionOf } from "../definition/definitions.ts";
import { exitStatusName } from "../log/exit-status.ts";
import type { Event } from "../model/event.ts";
import { unitView } from "../properties/view.ts";
import type { Step } from "../step.ts";
import type { ActiveState } from "../unit/active-state.ts";
import type { Play } from "./play.ts";
import { formatAction } from "./scenario-file/format.ts";
import { signalWord } from "./scenario-file/words.ts";

export interface ShownState {
  readonly activeState: ActiveState;
  readonly subState: string;
}

/** One line of what a simulated machine lived through; the time counts from its start. */
export type TimelineEntry = { readonly atUsec: number } & (
  | { readonly kind: "action"; readonly text: string; readonly line?: number }
  /** An action found nobody to act on. */
  | { readonly kind: "missed"; readonly text: string; readonly line?: number }
  | { readonly kind: "refused"; readonly text: string; readonly error: string }
  /** What happened to a process or timer of a unit. */
  | { readonly kind: "event"; readonly unit: string; readonly text: string }
  | {
      readonly kind: "state";
      readonly unit: string;
      readonly from: ShownState;
      readonly to: ShownState;
      /** Result= of a unit that came to rest otherwise than well. */
      readonly result?: string;
    }
  | {
      readonly kind: "job";
      readonly unit: string;
      readonly job: number;
      readonly type: string;
      readonly result: string;
    }
  | { readonly kind: "log"; readonly unit?: string; readonly priority: number; readonly message: string }
  | { readonly kind: "system"; readonly action: string; readonly source: string }
  | { readonly kind: "recovered" }
);

export interface TimelineUnit extends ShownState {
  readonly unit: string;
  readonly description: string;
  readonly result?: string;
  readonly restarts?: number;
}

export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  /** Where every unit that moved, or has a job, stands at the end. */
  readonly units: readonly TimelineUnit[];
  readonly endUsec: number;
  /** Jobs that still wait at the end. */
  readonly waiting: readonly {
    readonly job: number;
    readonly unit: string;
    readonly type: string;
    readonly state: string;
  }[];
  /** False when it was stopped because units restart each other without a pause. */
  readonly complete: boolean;
}

/** What an event says of a unit, in a few words; undefined for what shows in other ways. */
function eventText(event: Event): { readonly unit: string; readonly text: string } | undefined {
  switch (event.kind) {
    case "spawnFailed":
      return { unit: event.unit, text: `cannot be spawned: ${event.reason}` };
    case "execFailed":
      return { unit: event.unit, text: `process ${event.token} cannot be executed` };
    case "exited": {
      const { code, status } = event;
      const how =
        code === "exited"
          ? `exits ${status}/${exitStatusName(status)}`
          : `${code === "killed" ? "dies of" : "dumps core on"} ${signalWord(status)}`;
      return { unit: event.unit, text: `process ${event.pid} ${how}` };
    }
    case "notify":
      return { unit: event.unit, text: `process ${event.pid} says ${event.fields.map((f) => f.join("=")).join(" ")}` };
    case "timer":
      return { unit: event.unit, text: `timer elapses: ${event.slot}` };
    case "socketTraffic":
      return { unit: event.unit, text: "somebody knocks" };
    case "connection":
      return { unit: event.unit, text: `${event.peer.shown} connects` };
    case "pathTouched":
      return { unit: event.unit, text: "something happens at its path" };
    case "oomKill":
      return { unit: event.unit, text: "the kernel's OOM killer strikes" };
    default:
      return undefined;
  }
}

/** Plays to the end and tells what was to be seen, in order. */
export function playTimeline(play: Play): Timeline {
  const { simulator } = play;
  const begin = simulator.kernel.nowUsec;
  const entries: TimelineEntry[] = [];
  const states = new Map<string, ShownState>();
  const shown = (unit: string): ShownState => {
    const { activeState, subState } = unitView(simulator.state, unit);
    return { activeState, subState };
  };
  const resultOf = (unit: string): string | undefined => {
    const machine = simulator.state.units.get(unit)?.machine;
    return machine !== undefined && "result" in machine && machine.result !== "success" ? machine.result : undefined;
  };
  for (const id of simulator.state.definitions.loaded.keys()) states.set(id, shown(id));
  const now = (): number => simulator.kernel.nowUsec - begin;
  let asked = "";

  play.onStep = ({ action, line }) => {
    asked = formatAction(action);
    entries.push({ atUsec: now(), kind: "action", text: asked, ...(line === undefined ? {} : { line }) });
  };
  play.onMissed = ({ line }, text) =>
    entries.push({ atUsec: now(), kind: "missed", text, ...(line === undefined ? {} : { line }) });
  play.onKill = () => entries.push({ atUsec: now(), kind: "recovered" });
  play.watch((event, result) => {
    const atUsec = now();
    const happened = eventText(event);
    if (happened !== undefined) entries.push({ atUsec, kind: "event", ...happened });
    tellEffects(result, atUsec, asked, entries);
    for (const unit of result.changed.units) {
      const to = shown(unit);
      const from = states.get(unit) ?? { activeState: "inactive", subState: "dead" };
      if (from.activeState === to.activeState && from.subState === to.subState) continue;
      states.set(unit, to);
      const why = to.activeState === "failed" || to.subState === "auto-restart" ? resultOf(unit) : undefined;
      entries.push({ atUsec, kind: "state", unit, from, to, ...(why === undefined ? {} : { result: why }) });
    }
  });

  const complete = play.run();
  const { state } = simulator;
  const moved = new Set(entries.flatMap((entry) => (entry.kind === "state" ? [entry.unit] : [])));
  const units = [...states.keys()]
    .filter((unit) => moved.has(unit) || state.units.get(unit)?.job !== undefined)
    .map((unit): TimelineUnit => {
      const machine = state.units.get(unit)?.machine;
      const result = resultOf(unit);
      return {
        unit,
        description: definitionOf(state, unit)?.description ?? "",
        ...shown(unit),
        ...(result === undefined ? {} : { result }),
        ...(machine?.type === "service" && machine.nRestarts > 0 ? { restarts: machine.nRestarts } : {}),
      };
    });
  const waiting = [...state.jobs.values()].map(({ id, unit, type, state: how }) => ({
    job: id,
    unit,
    type,
    state: how,
  }));
  return { entries, units, endUsec: now(), waiting, complete };
}

function tellEffects({ effects }: Step, atUsec: number, asked: string, entries: TimelineEntry[]): void {
  for (const effect of effects) {
    if (effect.kind === "log") {
      const { unit, priority, message } = effect.line;
      entries.push({ atUsec, kind: "log", priority, message, ...(unit === undefined ? {} : { unit }) });
    } else if (effect.kind === "jobRemoved") {
      const { id: job, unit, type } = effect.job;
      entries.push({ atUsec, kind: "job", unit, job, type, result: effect.result });
    } else if (effect.kind === "reply" && "error" in effect.result)
      entries.push({ atUsec, kind: "refused", text: asked, error: effect.result.message });
    else if (effect.kind === "systemAction")
      entries.push({ atUsec, kind: "system", action: effect.action, source: effect.source });
  }
}
