import type { EntryInput } from "@steward/journal";

/** What waits to be written, and what may be acknowledged when it is. */
export interface Pending {
  readonly entries: EntryInput[];
  /** New positions by input. */
  readonly positions: Map<string, number>;
  readonly streams: Map<number, number>;
  readonly datagrams: Map<number, number>;
  /** Streams that ended: their positions may be forgotten a while after. */
  readonly ended: string[];
  readonly console: string[];
  bytes: number;
  /** One of them is critical or worse: journald brings such to the disk at once (journald.conf(5), SyncIntervalSec=). */
  urgent: boolean;
}

/** The name of a stream's position. */
export function streamInput(stream: number): string {
  return `s${stream}`;
}

/** The name of a datagram source's position. */
export function datagramInput(source: number): string {
  return `d${source}`;
}

/** Nothing waits. */
export function emptyPending(): Pending {
  return {
    entries: [],
    positions: new Map(),
    streams: new Map(),
    datagrams: new Map(),
    ended: [],
    console: [],
    bytes: 0,
    urgent: false,
  };
}
