import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";

/**
 * What the writer needs of a file: positional reads and writes. It is a parameter so that a test can end a writer after
 * any of its writes and look at what is left.
 */
export interface Storage {
  /** Reads up to `length` bytes; answers how many there were. */
  read(into: Uint8Array, at: number, length: number, position: number): number;
  /** Writes all bytes or throws. */
  write(from: Uint8Array, at: number, length: number, position: number): void;
  size(): number;
  truncate(size: number): void;
  sync(): void;
  close(): void;
}

/** A file of the system. Throws what node:fs throws. */
export function openStorage(path: string, flags: "r" | "r+" | "w+" | "wx+" | "a+" = "r+", mode = 0o640): Storage {
  const fd = openSync(path, flags, mode);
  return {
    read: (into, at, length, position) => readSync(fd, into, at, length, position),
    write(from, at, length, position) {
      let done = 0;
      while (done < length) done += writeSync(fd, from, at + done, length - done, position + done);
    },
    size: () => fstatSync(fd).size,
    truncate: (size) => ftruncateSync(fd, size),
    sync: () => fdatasyncSync(fd),
    close: () => closeSync(fd),
  };
}
