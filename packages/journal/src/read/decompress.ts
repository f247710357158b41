import { zstdDecompressSync } from "node:zlib";
import { readU64 } from "../bytes.ts";
import { COMPRESSED } from "../format.ts";
import { decodeLz4 } from "./lz4.ts";

/** No value of a journal is larger than this (systemd's own bound is the same order). */
const LARGEST_VALUE = 768 << 20;

/**
 * The payload of a data object with these flags; undefined when it is damaged or compressed with xz, which systemd has not
 * written by default since version 215's LZ4 and which this package does not read.
 */
export function payloadOf(stored: Buffer, flags: number): Buffer | undefined {
  switch (flags & COMPRESSED.any) {
    case 0:
      return stored;
    case COMPRESSED.zstd:
      try {
        return zstdDecompressSync(stored, { maxOutputLength: LARGEST_VALUE });
      } catch {
        return undefined;
      }
    case COMPRESSED.lz4: {
      if (stored.length < 9) return undefined;
      const size = readU64(stored, 0);
      // A block cannot be more than 255 times smaller than what it holds.
      if (size > LARGEST_VALUE || size > (stored.length - 8) * 255) return undefined;
      return decodeLz4(stored.subarray(8), size);
    }
    default:
      return undefined;
  }
}
