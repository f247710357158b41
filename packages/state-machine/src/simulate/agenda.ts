/** Something that will happen. */
export interface Appointment<E> {
  readonly at: number;
  readonly order: number;
  run(): E | undefined;
}

/** What will happen, earliest first; of two at one moment the one that was added first. */
export class Agenda<E> {
  readonly #open: Appointment<E>[] = [];
  #order = 0;

  add(at: number, run: () => E | undefined): Appointment<E> {
    const appointment = { at, order: this.#order++, run };
    this.#open.push(appointment);
    return appointment;
  }

  cancel(appointment: Appointment<E>): void {
    const at = this.#open.indexOf(appointment);
    if (at >= 0) this.#open.splice(at, 1);
  }

  /** Takes the first one out, if it is due by then. */
  take(until: number): Appointment<E> | undefined {
    let first: Appointment<E> | undefined;
    for (const next of this.#open)
      if (first === undefined || next.at < first.at || (next.at === first.at && next.order < first.order)) first = next;
    if (first === undefined || first.at > until) return undefined;
    this.cancel(first);
    return first;
  }
}
