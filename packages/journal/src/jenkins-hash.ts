/**
 * Bob Jenkins' lookup3 (`hashlittle2`), public domain: the hash of journal files without the keyed-hash flag, and of the
 * entries' xor hash in all of them. Answers through `hashHigh`/`hashLow` so that the writer allocates nothing.
 */

let high = 0;
let low = 0;

export const hashHigh = (): number => high;
export const hashLow = (): number => low;

/** Hashes bytes[start, end); read the 64-bit result with hashHigh() and hashLow(), both unsigned 32-bit. */
export function jenkinsHash(bytes: Uint8Array, start = 0, end = bytes.length): void {
  let at = start;
  let left = end - start;
  let a = (0xdeadbeef + left) | 0;
  let b = a;
  let c = a;
  while (left > 12) {
    a = (a + (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))) | 0;
    b = (b + (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24))) | 0;
    c = (c + (bytes[at + 8]! | (bytes[at + 9]! << 8) | (bytes[at + 10]! << 16) | (bytes[at + 11]! << 24))) | 0;
    a = ((a - c) | 0) ^ ((c << 4) | (c >>> 28));
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ ((a << 6) | (a >>> 26));
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ ((b << 8) | (b >>> 24));
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ ((c << 16) | (c >>> 16));
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ ((a << 19) | (a >>> 13));
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ ((b << 4) | (b >>> 28));
    b = (b + a) | 0;
    at += 12;
    left -= 12;
  }
  if (left > 0) {
    const word = (from: number): number => {
      let value = 0;
      for (let i = 0; i < 4 && from + i < left; i++) value |= bytes[at + from + i]! << (8 * i);
      return value;
    };
    a = (a + word(0)) | 0;
    b = (b + word(4)) | 0;
    c = (c + word(8)) | 0;
    c = ((c ^ b) - ((b << 14) | (b >>> 18))) | 0;
    a = ((a ^ c) - ((c << 11) | (c >>> 21))) | 0;
    b = ((b ^ a) - ((a << 25) | (a >>> 7))) | 0;
    c = ((c ^ b) - ((b << 16) | (b >>> 16))) | 0;
    a = ((a ^ c) - ((c << 4) | (c >>> 28))) | 0;
    b = ((b ^ a) - ((a << 14) | (a >>> 18))) | 0;
    c = ((c ^ b) - ((b << 24) | (b >>> 8))) | 0;
  }
  high = c >>> 0;
  low = b >>> 0;
}

/** The bucket of a 64-bit hash in a table of `buckets` (below 2^21). */
export function bucketOf(hashHighWord: number, hashLowWord: number, buckets: number): number {
  return ((hashHighWord % buckets) * (0x1_0000_0000 % buckets) + hashLowWord) % buckets;
}
