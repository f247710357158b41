import {
  type CoreState,
  type DefinitionChange,
  type Event,
  freezeUnit,
  type Now,
  type RecordedEvent,
  type RecordedLoad,
} from "@steward/state-machine";

/**
 * What a record says of definitions, so that it can be replayed. Usually names, because unit files are on the disk; `full` keeps the
 * definitions themselves, and in which order they came and went, so that a replay needs nothing but the record and is exact.
 */
export class DefinitionLog {
  private readonly full: boolean;
  private readonly searchPath: () => readonly string[];
  private readonly core: CoreState;
  /** Since all of them were loaded last; kept only in full. */
  private changes: DefinitionChange[] = [];
  /** What the file at hand has said already. */
  private readonly said = new Map<string, string>();

  constructor(parts: {
    readonly full: boolean;
    readonly core: CoreState;
    readonly searchPath: () => readonly string[];
  }) {
    this.full = parts.full;
    this.core = parts.core;
    this.searchPath = parts.searchPath;
  }

  /** An event as it is recorded, after the core has taken it. */
  recorded(event: Event): RecordedEvent {
    if (event.kind === "unload") {
      const names = event.units.filter((name) => !this.core.definitions.loaded.has(name));
      if (this.full) this.changes.push({ kind: "unloaded", names });
      return event;
    }
    if (event.kind !== "load") return event;
    const { now, units, replaceAll, reloaded } = event;
    const names = units.map(({ id }) => id);
    const kept = this.full ? { units: units.map(freezeUnit) } : {};
    const again = reloaded === true ? { reloaded } : {};
    const load: RecordedLoad = { kind: "load", now, names, replaceAll, ...again, ...this.news(), ...kept };
    if (!this.full) return load;
    if (replaceAll) this.changes = [];
    this.changes.push({ ...load, ...this.standing() });
    return load;
  }

  /** What a snapshot says: the file after it begins anew. */
  snapshot(now: Now): readonly DefinitionChange[] {
    const { loaded } = this.core.definitions;
    this.said.clear();
    if (loaded.size === 0) return [];
    const standing = this.news();
    // The zone may have changed since the last load.
    const last = this.changes.findLast(({ kind }) => kind === "load");
    if (this.full) return this.changes.map((change) => (change === last ? { ...change, ...standing } : change));
    return [{ kind: "load", now, names: [...loaded.keys()], replaceAll: true, ...standing }];
  }

  /** What stands until the next load that has it. */
  private standing(): Pick<RecordedLoad, "builtin" | "time" | "graph" | "searchPath"> {
    const { builtin, time, graph } = this.core.definitions;
    return { builtin, time, graph: graph.options, searchPath: this.searchPath() };
  }

  /** The parts of it that are not what they were. */
  private news(): Partial<ReturnType<typeof this.standing>> {
    const changed = Object.entries(this.standing()).filter(([name, value]) => {
      const text = JSON.stringify(value);
      if (this.said.get(name) === text) return false;
      this.said.set(name, text);
      return true;
    });
    return Object.fromEntries(changed);
  }
}
