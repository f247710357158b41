import { logUnit, priority } from "../log/log.ts";
import type { Event } from "../model/event.ts";
import type { ServiceStateKind } from "../model/service.ts";
import { emit, unitOf } from "../turn.ts";
import { armAt } from "../unit/timers.ts";
import { control, data, patch, type Service, settings } from "./data.ts";
import { dispatch } from "./dispatch.ts";
import { closeReceived, onDescriptors } from "./fd-store.ts";
import { adopt } from "./pid-file.ts";
import { overrideWatchdog, resetWatchdog, watchdogTriggered } from "./watchdog.ts";

type Notify = Extract<Event, { readonly kind: "notify" }>;

/** NotifyAccess= (systemd.service(5)): whose messages count. */
function isAuthorized(s: Service, { pid, token }: Notify): boolean {
  const { main, state, notifyAccess } = data(s);
  const access = notifyAccess ?? settings(s).notifyAccess;
  const warn = (text: string): false => {
    logUnit(s.turn, priority.warning, s.unit, `Got notification message from PID ${pid}, but ${text}`);
    return false;
  };
  const isMain = main !== undefined && (main.token === token || main.pid === pid);
  const process = control(state);
  const isControl = process !== undefined && (process.token === token || process.pid === pid);
  if (access === "none") return warn("reception is disabled.");
  if (access === "all" || isMain || (access === "exec" && isControl)) return true;
  const known = main !== undefined && main.pid > 0 ? String(main.pid) : undefined;
  if (access === "exec") {
    if (process !== undefined && known !== undefined)
      return warn(`reception only permitted for main PID ${known} and control PID ${process.pid}`);
    if (process !== undefined) return warn(`reception only permitted for control PID ${process.pid}`);
    if (known === undefined)
      return warn("reception only permitted for main PID and control PID which are currently not known");
  }
  return warn(
    known === undefined
      ? "reception only permitted for main PID which is currently not known"
      : `reception only permitted for main PID ${known}`,
  );
}

const takesMainPid: ReadonlySet<ServiceStateKind> = new Set([
  "start",
  "start-post",
  "running",
  "reload",
  "reload-signal",
  "reload-notify",
]);

function number(text: string): number | undefined {
  return /^[0-9]{1,16}$/.test(text) ? Number(text) : undefined;
}

/** EXTEND_TIMEOUT_USEC=: the time-outs that count now end no earlier than that. */
function extendTimeout(s: Service, usec: number): void {
  const atUsec = s.turn.now.monotonicUsec + usec;
  const { timers } = unitOf(s.turn, s.unit);
  for (const slot of ["state", "watchdog", "runtime-max"] as const) {
    const armed = timers[slot];
    if (armed !== undefined && armed.atUsec < atUsec) armAt(s.turn, s.unit, slot, { clock: armed.clock, atUsec });
  }
}

function onMainPid(s: Service, text: string): void {
  const pid = number(text);
  if (pid === undefined || pid === 0)
    logUnit(
      s.turn,
      priority.warning,
      s.unit,
      `Failed to parse MAINPID= field in notification message, ignoring: ${text}`,
    );
  else if (takesMainPid.has(data(s).state.kind)) adopt(s, pid);
}

/** sd_notify(3). Of READY=1, RELOADING=1 and STOPPING=1 the last one counts. */
export function onNotify(s: Service, message: Notify): void {
  if (!isAuthorized(s, message)) {
    closeReceived(s.turn, message);
    return;
  }
  const fields = new Map(message.fields);
  const get = (name: string): string => fields.get(name) ?? "";

  const mainPid = fields.get("MAINPID");
  if (mainPid !== undefined) onMainPid(s, mainPid);

  const said = message.fields.findLast(
    ([name, value]) => value === "1" && (name === "READY" || name === "RELOADING" || name === "STOPPING"),
  )?.[0];
  if (said === "READY") {
    patch(s, { notifyState: "ready" });
    dispatch(s, { kind: "ready" });
  } else if (said === "RELOADING") {
    patch(s, { notifyState: "reloading" });
    dispatch(s, { kind: "reloading", monotonicUsec: number(get("MONOTONIC_USEC")) });
  } else if (said === "STOPPING") {
    patch(s, { notifyState: "stopping" });
    dispatch(s, { kind: "stopping" });
  }

  if (fields.has("STATUS")) patch(s, { statusText: get("STATUS") });
  const errno = number(get("ERRNO"));
  if (fields.has("ERRNO")) {
    if (errno === undefined)
      logUnit(
        s.turn,
        priority.warning,
        s.unit,
        `Failed to parse ERRNO= field value '${get("ERRNO")}' in notification message.`,
      );
    else patch(s, { statusErrno: errno });
  }
  const access = get("NOTIFYACCESS");
  if (access === "none" || access === "main" || access === "exec" || access === "all")
    patch(s, { notifyAccess: access });
  const extend = number(get("EXTEND_TIMEOUT_USEC"));
  if (extend !== undefined) extendTimeout(s, extend);
  const watchdogUsec = number(get("WATCHDOG_USEC"));
  if (watchdogUsec !== undefined) overrideWatchdog(s, watchdogUsec);
  if (get("WATCHDOG") === "1") resetWatchdog(s);
  else if (get("WATCHDOG") === "trigger") watchdogTriggered(s);
  onDescriptors(s, message);
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}
