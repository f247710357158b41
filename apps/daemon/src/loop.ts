import type { Effect, Event } from "@steward/state-machine";
import { numbersPerEffect, recordVersion, type StepEntry } from "./record/entry.ts";
import { foldEffect, foldEvent, type ShellState } from "./record/shell-state.ts";
import type { RecordStore } from "./record/store.ts";

/** What one step of the core gave. */
export interface StepOutcome {
  readonly effects: readonly Effect[];
  readonly units: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly counters: unknown;
}

/** What the loop needs around it. */
export interface LoopParts {
  readonly step: (event: Event) => StepOutcome;
  readonly store: RecordStore;
  readonly shell: ShellState;
  /** Performs one effect; its commands to the keeper take the numbers from `number` on. */
  readonly perform: (effect: Effect, number: number) => void;
  /** Called after a turn: flush what was gathered, arm the timer, acknowledge. */
  readonly endOfTurn: () => void;
  /** The record has grown long: replace it by a snapshot. */
  readonly compact: () => unknown;
  /** Wraps a turn's effects, so that they leave in one write. */
  readonly batch: (work: () => void) => void;
}

interface Waiting {
  readonly event: Event;
  readonly seq: number;
  readonly answers: number | undefined;
}

/**
 * The one loop of the manager: event, core, record, effects, in that order. All events that are waiting are stepped first
 * and recorded with one append; only then is the first effect performed. So a death at any instant finds either no trace
 * of an event (it comes again) or its whole outcome (it is performed again, and what was executed is recognised).
 */
export class Loop {
  private readonly parts: LoopParts;
  private readonly waiting: Waiting[] = [];
  private nextNumber: number;
  private running = false;
  private scheduled = false;

  constructor(parts: LoopParts, nextNumber: number) {
    this.parts = parts;
    this.nextNumber = nextNumber;
  }

  /** The next free command number. */
  get next(): number {
    return this.nextNumber;
  }

  /** Takes command numbers for something that is not an effect of the core. */
  reserve(): number {
    const number = this.nextNumber;
    this.nextNumber += numbersPerEffect;
    return number;
  }

  /** Queues an event; the turn begins when the caller's work is done, or at once with `run`. */
  submit(event: Event, seq = 0, answers?: number): void {
    this.waiting.push({ event, seq, answers });
    this.wake();
  }

  /** Sees to it that a turn ends soon, also when no event waits: what came from the keeper is to be acknowledged. */
  wake(): void {
    if (this.running || this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => this.run());
  }

  /** Works until nothing waits. */
  run(): void {
    this.scheduled = false;
    if (this.running) return;
    this.running = true;
    try {
      while (this.waiting.length > 0) this.turn();
      this.parts.endOfTurn();
    } finally {
      this.running = false;
    }
    if (this.parts.store.wantsCompaction) this.parts.compact();
  }

  private turn(): void {
    const entries: StepEntry[] = [];
    for (const { event, seq, answers } of this.waiting.splice(0)) {
      if (seq > 0 && seq <= this.parts.shell.lastSeq) continue;
      const outcome = this.parts.step(event);
      const at = this.nextNumber;
      this.nextNumber += outcome.effects.length * numbersPerEffect;
      foldEvent(this.parts.shell, event, answers, seq);
      for (const [index, effect] of outcome.effects.entries())
        foldEffect(this.parts.shell, effect, at + index * numbersPerEffect);
      entries.push({
        v: recordVersion,
        seq,
        ...(answers === undefined ? {} : { answers }),
        event: event.kind === "load" ? { kind: "load", names: event.units.map((unit) => unit.id) } : event,
        units: outcome.units,
        jobs: outcome.jobs,
        counters: outcome.counters,
        effects: outcome.effects,
        at,
      });
    }
    if (entries.length === 0) return;
    this.parts.store.append(entries);
    this.parts.batch(() => {
      for (const entry of entries)
        for (const [index, effect] of entry.effects.entries())
          this.parts.perform(effect, entry.at + index * numbersPerEffect);
    });
  }
}
