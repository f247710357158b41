import type { KeeperClient } from "@steward/process-runtime";
import type { StreamName } from "./read-properties.ts";

/** Descriptors for a unit's standard streams, by the keeper's ids. */
export type GivenStreams = Readonly<Partial<Record<StreamName, number>>>;

/**
 * Standard streams that a client gave with StartTransientUnit (systemd-run(1), --pipe). The keeper holds them over deaths of this
 * process, from the call until the unit has ended for good: whoever reads from the other end waits for that.
 */
export class UnitStreams {
  private readonly keeper: Pick<KeeperClient, "send">;
  private readonly changed: () => void;
  private readonly units = new Map<string, GivenStreams>();

  /** `changed` records them anew. */
  constructor(keeper: Pick<KeeperClient, "send">, changed: () => void) {
    this.keeper = keeper;
    this.changed = changed;
  }

  of(unit: string): GivenStreams {
    return this.units.get(unit) ?? {};
  }

  has(unit: string): boolean {
    return this.units.has(unit);
  }

  get isEmpty(): boolean {
    return this.units.size === 0;
  }

  give(unit: string, streams: GivenStreams): void {
    this.units.set(unit, streams);
    this.changed();
    // Recorded first: what the keeper holds and no record names would stay for ever.
    for (const fd of new Set(Object.values(streams))) this.keeper.send({ kind: "holdFd", fd }, 0);
  }

  release(unit: string): void {
    const streams = this.units.get(unit);
    if (streams === undefined) return;
    this.units.delete(unit);
    this.changed();
    this.close(Object.values(streams));
  }

  close(fds: readonly number[]): void {
    for (const fd of new Set(fds)) this.keeper.send({ kind: "closeFd", fd }, 0);
  }

  export(): readonly (readonly [unit: string, streams: GivenStreams])[] {
    return [...this.units];
  }

  restore(held: readonly (readonly [unit: string, streams: GivenStreams])[]): void {
    for (const [unit, streams] of held) this.units.set(unit, streams);
  }
}
