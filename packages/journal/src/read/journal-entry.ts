import type { EntryPlace, JournalFile } from "./journal-file.ts";

/** One entry as it was read. */
export class JournalEntry {
  readonly place: EntryPlace;
  readonly cursor: string;
  readonly #file: JournalFile;
  readonly #offset: number;
  #fields: (readonly [name: string, value: Buffer])[] | undefined;

  constructor(file: JournalFile, offset: number, place: EntryPlace, cursor: string) {
    this.#file = file;
    this.#offset = offset;
    this.place = place;
    this.cursor = cursor;
  }

  /** All fields in the order of the file; a name may come several times. */
  get fields(): readonly (readonly [name: string, value: Buffer])[] {
    this.#fields ??= this.#file.fields(this.#offset).flatMap((payload) => {
      const equals = payload.indexOf(0x3d);
      return equals > 0 ? [[payload.toString("latin1", 0, equals), payload.subarray(equals + 1)] as const] : [];
    });
    return this.#fields;
  }

  /** The first value of a field. */
  get(name: string): Buffer | undefined {
    return this.fields.find((field) => field[0] === name)?.[1];
  }

  /** The first value of a field as text (bytes that are not UTF-8 become U+FFFD). */
  text(name: string): string | undefined {
    return this.get(name)?.toString("utf8");
  }
}
