/** How much room journal files may take (journald.conf(5), SystemMaxUse= and kin), in bytes. */
export interface JournalLimits {
  /** All files of this name together. */
  readonly maxUseBytes: number;
  /** What must stay free on the file system. */
  readonly keepFreeBytes: number;
  /** One file: past it, it is archived and another begun. */
  readonly maxFileBytes: number;
  /** How many archived files are kept. */
  readonly maxFiles: number;
}

const MIB = 1 << 20;
const GIB = 1 << 30;

/** The limits that journald.conf(5) gives by default: 10 % of the file system for all, 15 % kept free, an eighth for a file. */
export function defaultLimits(fileSystemBytes: number): JournalLimits {
  const maxUseBytes = clamp(Math.floor(fileSystemBytes / 10), MIB, 4 * GIB);
  return {
    maxUseBytes,
    keepFreeBytes: clamp(Math.floor((fileSystemBytes * 15) / 100), MIB, 4 * GIB),
    maxFileBytes: clamp(Math.floor(maxUseBytes / 8), 512 * 1024, 128 * MIB),
    maxFiles: 100,
  };
}

/** How many buckets a file's data hash table gets: about as many as values fit in it. */
export function dataBuckets(maxFileBytes: number): number {
  return Math.max(2047, Math.floor((maxFileBytes * 4) / 768 / 3));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
