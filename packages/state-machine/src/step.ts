import { resolveName } from "./definition/definitions.ts";
import type { Engine, Machine } from "./engine.ts";
import { enqueue } from "./jobs/enqueue.ts";
import { finishJob } from "./jobs/finish.ts";
import { resumeStart, runJob } from "./jobs/run.ts";
import { jobTimedOut } from "./jobs/timed-out.ts";
import { load } from "./load.ts";
import { logManager, messageId, priority } from "./log/log.ts";
import type { Effect } from "./model/effect.ts";
import type { Event, UnitEvent } from "./model/event.ts";
import type { CoreState } from "./model/state.ts";
import { isSameZone } from "./model/time-facts.ts";
import { onMounts } from "./mount/machine.ts";
import type { Observer } from "./observer.ts";
import { onCancelJob, onClearJobs, onEnqueue, onKill, onResetFailed, onShutdown } from "./requests.ts";
import { onAbandon, onJoin } from "./scope/requests.ts";
import { dispatch } from "./service/dispatch.ts";
import { closeReceived, releaseStoresAtRest } from "./service/fd-store.ts";
import { checkStartup } from "./startup.ts";
import { beginTurn, type Changed, emit, patchCounters, type Turn } from "./turn.ts";
import { builtinMachine } from "./types/builtin.ts";
import { machines } from "./types/machines.ts";
import { typeOfName } from "./unit/blank.ts";
import { unitChanged } from "./unit/changed.ts";
import { onClean } from "./unit/clean.ts";
import { onConditionsChecked } from "./unit/conditions.ts";
import { onFreeze, onFrozen } from "./unit/freezer.ts";
import { startIfUpheld, stopIfBound, stopIfUnneeded } from "./unit/propagate.ts";
import { tellAll } from "./unit/tell-all.ts";
import { unload } from "./unload.ts";

export interface Step {
  readonly state: CoreState;
  readonly effects: readonly Effect[];
  readonly changed: Changed;
}

/** Ties the parts of the core together. */
export function engineFor(state: CoreState): Engine {
  const machineOf = (unit: string): Machine =>
    Object.hasOwn(state.definitions.builtin, unit) ? builtinMachine : machines[typeOfName(unit)];
  return { machineOf, enqueue, finishJob, unitChanged };
}

/** What happened to a unit goes to the machine of its type. */
function toMachine(turn: Turn, event: UnitEvent): void {
  const unit = resolveName(turn.state, event.unit);
  const record = turn.state.units.get(unit);
  const machine = record === undefined ? undefined : machines[record.machine.type];
  if (machine?.event !== undefined) machine.event(turn, unit, event);
  // Nobody remembers this unit: its process is let go, so that the keeper does too.
  else if (event.kind === "exited" || event.kind === "adopted") emit(turn, { kind: "release", token: event.token });
  if (event.kind === "notify" && record?.machine.type !== "service") closeReceived(turn, event);
}

function perform(turn: Turn, event: Event): void {
  switch (event.kind) {
    case "load":
      load(turn, event);
      return;
    case "join":
      onJoin(turn, event);
      return;
    case "abandon":
      onAbandon(turn, event);
      return;
    case "unload":
      unload(turn, event);
      return;
    case "enqueue":
      onEnqueue(turn, event);
      return;
    case "cancelJob":
      onCancelJob(turn, event);
      return;
    case "clearJobs":
      onClearJobs(turn, event);
      return;
    case "resetFailed":
      onResetFailed(turn, event);
      return;
    case "kill":
      onKill(turn, event);
      return;
    case "freeze":
      onFreeze(turn, event);
      return;
    case "frozen":
      onFrozen(turn, event);
      return;
    case "clean":
      onClean(turn, event);
      return;
    case "shutdown":
      onShutdown(turn, event);
      return;
    case "startupFinished":
      patchCounters(turn, { startup: "starting" });
      return;
    case "mounts":
      onMounts(turn, event);
      return;
    case "clockChanged":
      logManager(turn, priority.debug, "Time has been changed", [messageId("timeChange")]);
      tellAll(turn, "clockChanged");
      return;
    case "timezoneChanged":
      if (isSameZone(turn.state.definitions.time.zone, event.zone)) return;
      turn.state.definitions.time = { ...turn.state.definitions.time, zone: event.zone };
      logManager(turn, priority.debug, `Timezone has been changed (now: ${event.zone.name}).`);
      tellAll(turn, "timezoneChanged");
      return;
    case "jobTimer":
      jobTimedOut(turn, event.job, event.slot);
      return;
    case "conditionsChecked": {
      const job = onConditionsChecked(turn, event);
      if (job !== undefined) resumeStart(turn, job);
      return;
    }
    default:
      toMachine(turn, event);
      return;
  }
}

/** The order of a set says who came first, which a recovery does not know. */
function firstByName(units: ReadonlySet<string>): string | undefined {
  let first: string | undefined;
  for (const unit of units) if (first === undefined || unit < first) first = unit;
  return first;
}

/** Whatever became possible by the event happens in its turn, until nothing moves any more. */
function drain(turn: Turn): void {
  let running = false;
  for (;;) {
    const job = turn.runQueue.take();
    // systemd tells what has changed before it runs the jobs that are ready, all of them at one go.
    if (!running) turn.observer?.moment();
    running = job !== undefined;
    if (job !== undefined) {
      runJob(turn, job);
      continue;
    }
    const [restart] = turn.restarts;
    const [upheld] = turn.upheld;
    const [bound] = turn.bound;
    const [unneeded] = turn.unneeded;
    const idle = turn.state.jobs.size === 0 ? firstByName(turn.state.idle) : undefined;
    if (restart !== undefined) {
      turn.restarts.delete(restart);
      dispatch({ turn, unit: restart }, { kind: "restartElapsed" });
    } else if (upheld !== undefined) {
      turn.upheld.delete(upheld);
      startIfUpheld(turn, upheld);
    } else if (bound !== undefined) {
      turn.bound.delete(bound);
      stopIfBound(turn, bound);
    } else if (unneeded !== undefined) {
      turn.unneeded.delete(unneeded);
      stopIfUnneeded(turn, unneeded);
    } else if (idle !== undefined) {
      turn.state.idle.delete(idle);
      dispatch({ turn, unit: idle }, { kind: "idle" });
    } else return;
  }
}

/**
 * The core: one event in, the new state and what is to be done about it out. It is a function of its arguments, except that
 * it may reuse the state that it is given; the caller goes on with the one that comes back. The shell records the event,
 * what `changed` names and the effects, and then performs the effects in order.
 */
export function step(state: CoreState, event: Event, observer?: Observer): Step {
  const turn = beginTurn(state, event.now, engineFor(state), observer);
  if (state.counters.startedAt.monotonicUsec === 0) {
    const { realtimeUsec, monotonicUsec } = event.now;
    patchCounters(turn, { startedAt: { realtimeUsec, monotonicUsec } });
  }
  perform(turn, event);
  drain(turn);
  releaseStoresAtRest(turn);
  checkStartup(turn);
  observer?.moment();
  return {
    state,
    effects: withoutRepeats(turn.effects),
    changed: { units: turn.changedUnits, jobs: turn.changedJobs, counters: turn.countersChanged },
  };
}

/** One "properties changed" per unit and turn, at its last place, says as much as many. */
function withoutRepeats(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<string>();
  const kept: Effect[] = [];
  for (let i = effects.length - 1; i >= 0; i--) {
    const effect = effects[i]!;
    if (effect.kind === "unitChanged") {
      if (seen.has(effect.unit)) continue;
      seen.add(effect.unit);
    }
    kept.push(effect);
  }
  return kept.reverse();
}
