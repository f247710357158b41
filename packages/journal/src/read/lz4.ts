/** Decodes one LZ4 block into `size` bytes; undefined when it is damaged. (LZ4 Block Format, lz4.org) */
export function decodeLz4(block: Uint8Array, size: number): Buffer | undefined {
  const out = Buffer.allocUnsafe(size);
  let from = 0;
  let to = 0;
  const length = (start: number): number => {
    let total = start;
    if (start === 15) {
      let byte = 255;
      while (byte === 255) {
        byte = block[from++] ?? 0;
        total += byte;
      }
    }
    return total;
  };
  while (from < block.length) {
    const token = block[from++]!;
    const literals = length(token >> 4);
    if (from + literals > block.length || to + literals > size) return undefined;
    out.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === block.length) break;
    if (from + 2 > block.length) return undefined;
    const back = block[from]! | (block[from + 1]! << 8);
    from += 2;
    const copied = length(token & 15) + 4;
    if (back === 0 || back > to || to + copied > size) return undefined;
    // Byte by byte: the copied part may overlap what it makes.
    for (let i = 0; i < copied; i++, to++) out[to] = out[to - back]!;
  }
  return to === size ? out : undefined;
}
