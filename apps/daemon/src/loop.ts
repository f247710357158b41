import type { Signal } from "@steward/ipc";
import type { Effect, Event, RecordedEvent } from "@steward/state-machine";
import { numbersPerEffect, recordVersion, type StepEntry } from "./record/entry.ts";
import { foldEffect, foldEvent, type ShellState } from "./record/shell-state.ts";
import type { RecordStore } from "./record/store.ts";

/** What one step of the core gave. */
export interface StepOutcome {
  readonly effects: readonly Effect[];
  readonly units: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly counters: unknown;
  /** The event as it is recorded. */
  readonly recorded: RecordedEvent;
  /** What the clients are to hear of it. */
  readonly signals: readonly Signal[];
}

/** What the loop needs around it. */
export interface LoopParts {
  readonly step: (event: Event) => StepOutcome;
  readonly store: RecordStore;
  readonly shell: ShellState;
  /** Performs one effect; its commands to the keeper take the numbers from `number` on. */
  readonly perform: (effect: Effect, number: number) => void;
  readonly announce: (signals: readonly Signal[]) => void;
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
 * Events that most often find nothing to do (a service that runs already executes its program; a unit whose last process ended is empty).
 * When they change nothing they need no line: coming again after a death, they would change nothing again.
 */
const passing: ReadonlySet<Event["kind"]> = new Set(["execOk", "groupEmpty"]);

function isNothing({ effects, units, jobs, counters }: StepOutcome): boolean {
  if (effects.length > 0 || counters !== undefined) return false;
  for (const _ in units) return false;
  for (const _ in jobs) return false;
  return true;
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
      let ended = false;
      while (this.waiting.length > 0) ended = this.turn();
      if (!ended) this.parts.endOfTurn();
    } finally {
      this.running = false;
    }
    if (this.parts.store.wantsCompaction) this.parts.compact();
  }

  /** True when nothing more waits and the turn has been ended: then its acknowledgement left together with its effects. */
  private turn(): boolean {
    const entries: StepEntry[] = [];
    const signals: Signal[] = [];
    for (const { event, seq, answers } of this.waiting.splice(0)) {
      if (seq > 0 && seq <= this.parts.shell.lastSeq) continue;
      const outcome = this.parts.step(event);
      signals.push(...outcome.signals);
      const at = this.nextNumber;
      this.nextNumber += outcome.effects.length * numbersPerEffect;
      foldEvent(this.parts.shell, event, answers, seq);
      for (const [index, effect] of outcome.effects.entries())
        foldEffect(this.parts.shell, effect, at + index * numbersPerEffect);
      if (passing.has(event.kind) && isNothing(outcome)) continue;
      entries.push({
        v: recordVersion,
        seq,
        ...(answers === undefined ? {} : { answers }),
        event: outcome.recorded,
        units: outcome.units,
        jobs: outcome.jobs,
        counters: outcome.counters,
        effects: outcome.effects,
        at,
      });
    }
    if (entries.length === 0) return false;
    this.parts.store.append(entries);
    this.parts.announce(signals);
    this.parts.batch(() => {
      for (const entry of entries)
        for (const [index, effect] of entry.effects.entries())
          this.parts.perform(effect, entry.at + index * numbersPerEffect);
      if (this.waiting.length === 0) this.parts.endOfTurn();
    });
    return this.waiting.length === 0;
  }
}
