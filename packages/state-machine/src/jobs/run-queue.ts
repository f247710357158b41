import { typeOfName } from "../unit/blank.ts";

/** systemd runs what is quick and what others stand on first: by type, then by name. */
const rank: Readonly<Record<string, number>> = {
  scope: 0,
  slice: 1,
  path: 2,
  timer: 3,
  automount: 4,
  device: 5,
  target: 6,
  socket: 7,
  swap: 8,
  mount: 9,
  service: 10,
};

interface Entry {
  readonly job: number;
  readonly unit: string;
  readonly rank: number;
}

function before(a: Entry, b: Entry): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.unit < b.unit || (a.unit === b.unit && a.job < b.job);
}

/** Jobs to be tried in this turn, in systemd's order: a binary heap that holds each job once. */
export class RunQueue {
  readonly #heap: Entry[] = [];
  readonly #members = new Set<number>();

  add(job: number, unit: string): void {
    if (this.#members.has(job)) return;
    this.#members.add(job);
    const heap = this.#heap;
    let i = heap.push({ job, unit, rank: rank[typeOfName(unit)] ?? 11 }) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  take(): number | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) return undefined;
    this.#members.delete(first.job);
    const last = heap.pop()!;
    if (heap.length === 0) return first.job;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      let least = i;
      if (left < heap.length && before(heap[left]!, heap[least]!)) least = left;
      if (left + 1 < heap.length && before(heap[left + 1]!, heap[least]!)) least = left + 1;
      if (least === i) return first.job;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}
