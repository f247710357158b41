/**
 * SipHash-2-4 (Aumasson and Bernstein, public domain), the hash of journal files with the keyed-hash flag; the key is the
 * file's id. Only the reader's look-ups need it, a few for each query, so it may be slow and plain.
 */
export function siphash24(bytes: Uint8Array, key: Uint8Array): { readonly high: number; readonly low: number } {
  const view = new DataView(key.buffer, key.byteOffset, 16);
  const k0 = view.getBigUint64(0, true);
  const k1 = view.getBigUint64(8, true);
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rotate = (value: bigint, by: bigint): bigint => BigInt.asUintN(64, (value << by) | (value >> (64n - by)));
  const round = (): void => {
    v0 = BigInt.asUintN(64, v0 + v1);
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = BigInt.asUintN(64, v2 + v3);
    v3 = rotate(v3, 16n) ^ v2;
    v0 = BigInt.asUintN(64, v0 + v3);
    v3 = rotate(v3, 21n) ^ v0;
    v2 = BigInt.asUintN(64, v2 + v1);
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const padded = new Uint8Array(Math.floor(bytes.length / 8) * 8 + 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 0xff;
  const words = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 8) {
    const word = words.getBigUint64(at, true);
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  const hash = v0 ^ v1 ^ v2 ^ v3;
  return { high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) };
}
