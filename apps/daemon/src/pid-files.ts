import type { Event } from "@steward/state-machine";
import type { Clock } from "./clock.ts";
import { readPidFile } from "./pid-file.ts";

/** What the PID files need of the rest. */
interface PidFilesParts {
  /** PID files that are waited for, by unit: recorded state. */
  readonly watched: ReadonlyMap<string, string>;
  readonly unitOf: (pid: number) => string | undefined;
  readonly clock: Clock;
  readonly submit: (event: Event) => void;
  /** Asks the keeper to tell of the next change, once. */
  readonly watch: (unit: string, path: string) => void;
}

/** PIDFile= of systemd.service(5): read, and waited for until it is there and good. */
export class PidFiles {
  private readonly parts: PidFilesParts;

  constructor(parts: PidFilesParts) {
    this.parts = parts;
  }

  /** What the file says now. */
  read(unit: string, path: string): Event {
    const { pid, problem } = readPidFile(path, (found) => this.parts.unitOf(found) === unit);
    const now = this.parts.clock.now();
    return { kind: "pidFile", now, unit, pid, ...(problem === undefined ? {} : { problem }) };
  }

  /** The keeper saw a change in the directory of a unit's PID file. */
  changed(unit: string): void {
    const path = this.parts.watched.get(unit);
    if (path === undefined) return;
    this.parts.submit(this.read(unit, path));
    this.parts.watch(unit, path);
  }

  /** After a recovery all of them are watched anew. */
  resume(): void {
    for (const [unit, path] of this.parts.watched) {
      this.parts.watch(unit, path);
      this.lookAgain(unit);
    }
  }

  /**
   * A file may appear after it was read and before the keeper watches for it, so while one is waited for it is also looked at again, ever
   * more seldom. Nothing of this runs once the service is up.
   */
  lookAgain(unit: string, delayMs = 20): void {
    setTimeout(() => {
      const path = this.parts.watched.get(unit);
      if (path === undefined) return;
      const event = this.read(unit, path);
      if (event.kind === "pidFile" && event.pid > 0) this.parts.submit(event);
      this.lookAgain(unit, Math.min(delayMs * 2, 1000));
    }, delayMs);
  }
}
