import type { Storage } from "../storage.ts";

const PAGE = 1 << 16;
const KEPT_PAGES = 48;

/** A file's bytes through a bounded cache of pages (3 MiB). */
export class PagedBytes {
  readonly #storage: Pick<Storage, "read" | "size">;
  #pages = new Map<number, Buffer>();
  size: number;

  constructor(storage: Pick<Storage, "read" | "size">) {
    this.#storage = storage;
    this.size = storage.size();
  }

  /** Keeps nothing: this file is not read for now. */
  release(): void {
    this.#pages.clear();
  }

  /** Forgets what was read: the file may have changed. */
  refresh(): void {
    this.#pages.clear();
    this.size = this.#storage.size();
  }

  /** The bytes of a range, or undefined when the file does not hold all of it. */
  view(offset: number, length: number): Buffer | undefined {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) return undefined;
    const first = Math.floor(offset / PAGE);
    const within = offset - first * PAGE;
    if (within + length <= PAGE) {
      const page = this.#page(first);
      return within + length <= page.length ? page.subarray(within, within + length) : undefined;
    }
    const bytes = Buffer.allocUnsafe(length);
    return this.#storage.read(bytes, 0, length, offset) === length ? bytes : undefined;
  }

  #page(number: number): Buffer {
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    const bytes = Buffer.allocUnsafe(PAGE);
    const length = this.#storage.read(bytes, 0, PAGE, number * PAGE);
    const page = bytes.subarray(0, length);
    if (this.#pages.size >= KEPT_PAGES) this.#pages.delete(this.#pages.keys().next().value!);
    this.#pages.set(number, page);
    return page;
  }
}
