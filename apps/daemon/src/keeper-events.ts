import type { KeeperEvent } from "@steward/process-runtime";
import type { Event, Now } from "@steward/state-machine";
import { parseNotifyMessage } from "./notify-message.ts";
import { watchOf } from "./path-looks.ts";

/** CLD_ codes of waitid(2), as the keeper passes them. */
const cldExited = 1;
const cldDumped = 3;

/** What the core hears of a keeper event; undefined for those that are the shell's own business. */
export function toCoreEvent(
  event: KeeperEvent,
  unitOf: (token: number) => string | undefined,
  /** What a failed step of a unit's plan was about. */
  aboutStep: (unit: string, status: number) => string | undefined,
): Event | undefined {
  const now: Now = {
    monotonicUsec: event.monotonicUsec,
    boottimeUsec: event.boottimeUsec,
    realtimeUsec: event.realtimeUsec,
  };
  switch (event.kind) {
    case "spawned": {
      const unit = unitOf(event.token);
      return unit === undefined ? undefined : { kind: "spawned", now, unit, token: event.token, pid: event.pid };
    }
    case "execOk": {
      const unit = unitOf(event.token);
      return unit === undefined ? undefined : { kind: "execOk", now, unit, token: event.token };
    }
    case "execFailed": {
      const unit = unitOf(event.token);
      if (unit === undefined) return undefined;
      const { token, status, errno } = event;
      const about = aboutStep(unit, status);
      return {
        kind: "execFailed",
        now,
        unit,
        token,
        status,
        errno,
        step: String(event.step),
        ...(about === undefined ? {} : { about }),
      };
    }
    case "exited": {
      const unit = unitOf(event.token);
      if (unit === undefined) return undefined;
      const code =
        event.code === cldExited || event.code === 0 ? "exited" : event.code === cldDumped ? "dumped" : "killed";
      const usage = { cpuUsec: event.userUsec + event.systemUsec };
      const last = event.lastOfGroup ? { lastOfGroup: true } : {};
      return {
        kind: "exited",
        now,
        unit,
        token: event.token,
        pid: event.pid,
        code,
        status: event.status,
        usage,
        ...last,
      };
    }
    case "groupEmpty":
      return { kind: "groupEmpty", now, unit: event.group };
    case "fdHung":
      return { kind: "fdHung", now, unit: event.group, fd: event.fd };
    case "groupFrozen":
      return { kind: "frozen", now, unit: event.group, frozen: event.frozen, ok: event.errno === 0 };
    case "notify": {
      if (event.group === "") return undefined;
      const token = event.token === 0 ? undefined : event.token;
      const fields = parseNotifyMessage(event.data);
      const fds = event.fds.map((fd, index) => ({ fd, same: event.same[index] ?? 0 }));
      const along = fds.length === 0 ? {} : { fds };
      return { kind: "notify", now, unit: event.group, token, pid: event.pid, fields, ...along };
    }
    case "adopted": {
      const unit = unitOf(event.token);
      if (unit === undefined) return undefined;
      return { kind: "adopted", now, unit, token: event.token, pid: event.pid, ok: event.errno === 0 };
    }
    case "clockChanged":
      return { kind: "clockChanged", now };
    case "pathChanged": {
      const watch = watchOf(event.id);
      return watch === undefined ? undefined : { kind: "pathTouched", now, ...watch, itself: event.mask !== 0 };
    }
    default:
      return undefined;
  }
}
