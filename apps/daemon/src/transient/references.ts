/** Who keeps a unit loaded: a connection of the private socket, or a name on the message bus. */
export type Holder = object | string;

/**
 * RefUnit, UnrefUnit and AddRef=: a client keeps a unit loaded, so that it can still ask how it ended. A reference ends with
 * the connection that made it (org.freedesktop.systemd1(5), "Unit Objects").
 */
export class References {
  private readonly units = new Map<string, Map<Holder, number>>();
  private readonly released: () => void;
  private readonly changed: () => void;

  /** `released` is told when a unit is held no more, `changed` when what has to outlive this process is another. */
  constructor(told: { readonly released: () => void; readonly changed: () => void }) {
    this.released = told.released;
    this.changed = told.changed;
  }

  /** Takes over what an earlier manager knew. */
  restore(held: readonly (readonly [unit: string, holder: string])[]): void {
    for (const [unit, holder] of held) this.put(unit, holder);
  }

  add(unit: string, holder: Holder): void {
    this.put(unit, holder);
    if (typeof holder === "string") this.changed();
  }

  private put(unit: string, holder: Holder): void {
    const holders = this.units.get(unit) ?? new Map<Holder, number>();
    holders.set(holder, (holders.get(holder) ?? 0) + 1);
    this.units.set(unit, holders);
  }

  /** False when this holder has none. */
  remove(unit: string, holder: Holder): boolean {
    const holders = this.units.get(unit);
    const count = holders?.get(holder);
    if (holders === undefined || count === undefined) return false;
    if (count > 1) holders.set(holder, count - 1);
    else this.drop(unit, holders, holder);
    if (typeof holder === "string") this.changed();
    return true;
  }

  /** A holder is gone, and all its references with it. */
  leave(holder: Holder): void {
    for (const [unit, holders] of [...this.units]) if (holders.has(holder)) this.drop(unit, holders, holder);
  }

  has(unit: string): boolean {
    return this.units.has(unit);
  }

  /** The names on the bus that hold a unit, as often as they do: the property Refs. */
  names(unit: string): readonly string[] {
    return [...(this.units.get(unit) ?? [])].flatMap(([holder, count]) =>
      typeof holder === "string" ? Array.from({ length: count }, () => holder) : [],
    );
  }

  /** Every name on the bus that holds something. */
  holders(): ReadonlySet<string> {
    const all = new Set<string>();
    for (const holders of this.units.values())
      for (const holder of holders.keys()) if (typeof holder === "string") all.add(holder);
    return all;
  }

  /** What outlives this process: references of names on the bus, which is not ours to end. */
  export(): readonly (readonly [unit: string, holder: string])[] {
    return [...this.units.keys()].flatMap((unit) => this.names(unit).map((holder) => [unit, holder] as const));
  }

  private drop(unit: string, holders: Map<Holder, number>, holder: Holder): void {
    holders.delete(holder);
    if (holders.size === 0) this.units.delete(unit);
    this.released();
  }
}
