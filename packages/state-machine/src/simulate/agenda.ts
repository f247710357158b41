/** Something that will happen. */
export interface Appointment<E> {
  readonly at: number;
  readonly order: number;
  run(): E | undefined;
}

const sooner = (a: Appointment<unknown>, b: Appointment<unknown>): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** What will happen, earliest first; of two at one moment the one that was added first. A binary heap. */
export class Agenda<E> {
  readonly #heap: Appointment<E>[] = [];
  readonly #cancelled = new Set<Appointment<E>>();
  #order = 0;

  /** `order`: the place among those of the same moment that an earlier appointment had. */
  add(at: number, run: () => E | undefined, order: number = this.#order++): Appointment<E> {
    const appointment = { at, order, run };
    const heap = this.#heap;
    let i = heap.push(appointment) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!sooner(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
    return appointment;
  }

  cancel(appointment: Appointment<E>): void {
    this.#cancelled.add(appointment);
  }

  /** Takes the first one out, if it is due by then. */
  take(until: number): Appointment<E> | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > until) return undefined;
      this.#removeFirst();
      if (!this.#cancelled.delete(first)) return first;
    }
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      let least = i;
      if (left < heap.length && sooner(heap[left]!, heap[least]!)) least = left;
      if (left + 1 < heap.length && sooner(heap[left + 1]!, heap[least]!)) least = left + 1;
      if (least === i) return;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}
