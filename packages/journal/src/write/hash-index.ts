/**
 * From the low half of a hash to the offsets of the objects that have it: an open-addressing table in two typed arrays, 8
 * bytes an object, so that "is this value in the file already?" needs no read for values that are not.
 */
export class HashIndex {
  #low: Uint32Array;
  /** Offsets divided by eight; zero is an empty place. */
  #place: Uint32Array;
  #count = 0;

  constructor(expected: number) {
    let capacity = 1024;
    while (capacity < expected * 1.5) capacity *= 2;
    this.#low = new Uint32Array(capacity);
    this.#place = new Uint32Array(capacity);
  }

  add(hashLow: number, offset: number): void {
    if (this.#count * 10 > this.#place.length * 7) this.#grow();
    this.#count++;
    this.#put(hashLow, offset / 8);
  }

  #put(hashLow: number, place: number): void {
    const mask = this.#place.length - 1;
    let at = hashLow & mask;
    while (this.#place[at] !== 0) at = (at + 1) & mask;
    this.#low[at] = hashLow;
    this.#place[at] = place;
  }

  #grow(): void {
    const low = this.#low;
    const place = this.#place;
    this.#low = new Uint32Array(low.length * 2);
    this.#place = new Uint32Array(low.length * 2);
    for (let i = 0; i < low.length; i++) if (place[i] !== 0) this.#put(low[i]!, place[i]!);
  }

  /** The first place that holds this hash, or the next after `previous`; -1 when there is none (more). */
  probe(hashLow: number, previous = -1): number {
    const mask = this.#place.length - 1;
    let at = previous < 0 ? hashLow & mask : (previous + 1) & mask;
    for (; this.#place[at] !== 0; at = (at + 1) & mask) if (this.#low[at] === hashLow) return at;
    return -1;
  }

  offsetAt(place: number): number {
    return this.#place[place]! * 8;
  }
}
