import { definitionOf } from "../definition/definitions.ts";
import { mishapText } from "../log/errno.ts";
import { logUnit, priority } from "../log/log.ts";
import type { UnitEvent } from "../model/event.ts";
import { emit, jobOf, unitOf } from "../turn.ts";
import { activeStateOf, isActiveOrActivating } from "../unit/active-state.ts";
import { rateLimit } from "../unit/rate-limit.ts";
import { related } from "../unit/related.ts";
import { armAfter } from "../unit/timers.ts";
import { data, patch, type SocketUnit, settings } from "./data.ts";
import { enterStopPre } from "./ending.ts";
import { releaseConnection } from "./release.ts";
import { setState } from "./set-state.ts";

type Traffic = Extract<UnitEvent, { readonly kind: "socketTraffic" }>;

function watch(s: SocketUnit, flush: boolean): void {
  const { sockets } = data(s);
  if (sockets !== undefined) emit(s.turn, { kind: "watchSockets", unit: s.unit, set: sockets.set, flush });
}

/** The keeper watches the sockets. What came meanwhile is told at once, or thrown away (FlushPending=). */
export function enterListening(s: SocketUnit): void {
  const { accept, flushPending } = settings(s);
  watch(s, !accept && flushPending);
  setState(s, "listening");
}

/** PollLimitIntervalSec=, PollLimitBurst= (255): too much traffic is not looked at until the interval is over. False: it waits. */
export function withinPollLimit(s: SocketUnit): boolean {
  const { pollLimitIntervalUsec: interval, pollLimitBurst: burst } = settings(s);
  const now = s.turn.now.monotonicUsec;
  const { limit, below } = rateLimit(data(s).pollLimit, interval, burst, now);
  patch(s, { pollLimit: limit });
  if (below) return true;
  const { sockets } = data(s);
  if (sockets !== undefined) emit(s.turn, { kind: "unwatchSockets", unit: s.unit, set: sockets.set });
  armAfter(s.turn, s.unit, "state", Math.max(0, limit.beginUsec + interval + 1 - now));
  return false;
}

/** PollLimitIntervalSec= is over. */
export function watchAgain(s: SocketUnit): void {
  watch(s, false);
}

/** TriggerLimitIntervalSec=, TriggerLimitBurst= (systemd.socket(5)): too many activations are a failure of the socket. */
export function withinTriggerLimit(s: SocketUnit): boolean {
  const { triggerLimitIntervalUsec: interval, triggerLimitBurst: burst } = settings(s);
  const { limit, below } = rateLimit(data(s).triggerLimit, interval, burst, s.turn.now.monotonicUsec);
  patch(s, { triggerLimit: limit });
  if (below) return true;
  logUnit(s.turn, priority.warning, s.unit, "Trigger limit hit, refusing further activation.");
  enterStopPre(s, "trigger-limit-hit");
  return false;
}

function isUpOrComing(s: SocketUnit, service: string): boolean {
  const { machine } = unitOf(s.turn, service);
  if (isActiveOrActivating(activeStateOf(machine, definitionOf(s.turn.state, service)?.service?.type))) return true;
  const job = jobOf(s.turn, service)?.type;
  return job === "start" || job === "restart" || job === "reload-or-start";
}

/** Somebody knocks: the service is started, and the sockets are its own until it rests again. */
export function onTraffic(s: SocketUnit, { problem }: Traffic): void {
  if (problem !== undefined) {
    logUnit(s.turn, priority.err, s.unit, mishapText(problem));
    enterStopPre(s, "resources");
    return;
  }
  // Nobody is let in any more when the socket is about to go.
  if (jobOf(s.turn, s.unit)?.type === "stop") {
    watch(s, true);
    return;
  }
  if (!withinPollLimit(s)) return;
  if (!withinTriggerLimit(s)) {
    patch(s, { nRefused: data(s).nRefused + 1 });
    return;
  }
  const services = related(s.turn, s.unit, "triggers");
  if (!services.some((service) => isUpOrComing(s, service))) {
    const [service] = services;
    if (service === undefined) {
      logUnit(s.turn, priority.warning, s.unit, "Service to activate vanished, refusing activation.");
      enterStopPre(s, "resources");
      return;
    }
    if (!startService(s, service, "non-template")) return;
  }
  setState(s, "running");
}

/** False when there can be no job for it; the socket then goes too. */
export function startService(s: SocketUnit, service: string, kind: "template" | "non-template"): boolean {
  const enqueued = s.turn.engine.enqueue(s.turn, { unit: service, type: "start", mode: "replace" });
  if (enqueued.ok) return true;
  const hint = `(Maybe the service file is missing or not a ${kind} unit?)`;
  logUnit(s.turn, priority.warning, s.unit, `Failed to queue service startup job ${hint}: ${enqueued.message}`);
  enterStopPre(s, "resources");
  return false;
}

const atRest: ReadonlySet<string> = new Set(["dead", "failed"]);
const resting: ReadonlySet<string> = new Set(["dead", "failed", "final-sigterm", "final-sigkill", "auto-restart"]);

/** The service has changed: when it rests the sockets are watched again, when it cannot be started any more they are closed. */
export function onServiceChanged(s: SocketUnit, service: string): void {
  const { machine, startLimitHit, job } = unitOf(s.turn, service);
  if (settings(s).accept) {
    // Whose start came to nothing needs its connection no more.
    if (job === undefined && machine.type === "service" && atRest.has(machine.state.kind))
      releaseConnection(s.turn, service);
    return;
  }
  if (startLimitHit) {
    enterStopPre(s, "service-start-limit-hit");
    return;
  }
  if (job !== undefined || machine.type !== "service") return;
  const { kind } = machine.state;
  if (resting.has(kind)) enterListening(s);
  else if (kind === "running" && data(s).state !== "running") setState(s, "running");
}
