/** FNV-1a over two halves: names, not secrets, so spread is enough. */
function hash32(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * An invocation id (systemd.exec(5), $INVOCATION_ID): 32 hex digits in the shape of a random UUID, made from the state's
 * seed and a counter, so that a replay gives the same.
 */
export function invocationId(seed: string, counter: number): string {
  const words = [0x811c9dc5, 0x9e3779b9, 0x6a09e667, 0xbb67ae85].map((basis, i) =>
    hash32(`${seed}/${counter}/${i}`, basis),
  );
  const hex = words.map((word) => word.toString(16).padStart(8, "0")).join("");
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) & 3]!;
  return `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
}
