/** Amounts of memory as systemd prints them: one digit behind the point, cut off, in powers of 1024. */
const units = ["E", "P", "T", "G", "M", "K"];

/** 1.1M for 1153434; below 1024 it is "512B". */
export function formatBytes(bytes: bigint): string {
  for (const [index, unit] of units.entries()) {
    const factor = 1n << BigInt((units.length - index) * 10);
    if (bytes >= factor) return `${bytes / factor}.${((bytes % factor) * 10n) / factor}${unit}`;
  }
  return `${bytes}B`;
}
