import type { Signal } from "@steward/ipc";
import { unitRemovedSignal } from "../bus/signals.ts";
import type { Definitions } from "../definitions.ts";
import { collectable, endedConnections, isConnection, type UnitsInUse, wasMounted } from "./collect.ts";
import type { UnitStreams } from "./given-streams.ts";
import type { TransientFiles } from "./transient-files.ts";

/** What the collector works on. */
interface Parts {
  readonly manager: UnitsInUse;
  readonly definitions: Definitions;
  readonly files: TransientFiles;
  readonly streams: UnitStreams;
  /** The core forgets units, and has done so when this returns. */
  readonly unload: (ids: readonly string[]) => void;
  /** Loads names again that others still refer to. */
  readonly load: (names: readonly string[]) => void;
  readonly emit: (signal: Signal) => void;
}

/** Unloads what nobody needs any more: transient units that are done, services of connections that are over. */
export class Collector {
  private readonly parts: Parts;
  private scheduled = false;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Units have changed: looks at what that makes superfluous, when what is under way has been told. */
  changed(units: ReadonlySet<string>): void {
    if (!this.parts.streams.isEmpty) this.releaseStreams(units);
    if (!this.scheduled && [...units].some((id) => this.isFleeting(id))) this.soon();
  }

  soon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.collectConnections();
      this.collectTransients();
    });
  }

  /** Not kept when nobody needs it: a transient unit, the service of a connection, a mount point that no file describes. */
  private isFleeting(id: string): boolean {
    const { manager, files } = this.parts;
    const unit = manager.definition(id);
    return (
      isConnection(manager.core, id) || (unit !== undefined && (files.owns(unit.fragmentPath) || wasMounted(unit)))
    );
  }

  /** Streams that a client gave are let go with the end of the unit, as its other end waits for it. */
  private releaseStreams(units: Iterable<string>): void {
    const { manager, streams } = this.parts;
    for (const unit of units) {
      if (!streams.has(unit) || manager.core.units.get(unit)?.job !== undefined) continue;
      const state = manager.activeState(unit);
      if (state === "inactive" || state === "failed") setImmediate(() => streams.release(unit));
    }
  }

  /** Services of connections that are over: each was for one, and nobody asks for it again. */
  private collectConnections(): void {
    const { manager, definitions, unload, emit } = this.parts;
    const ids = endedConnections(manager);
    if (ids.length === 0) return;
    definitions.forget(new Set(ids));
    unload(ids);
    for (const id of ids) emit(unitRemovedSignal(id));
  }

  private collectTransients(): void {
    const { manager, definitions, files, streams, unload, load, emit } = this.parts;
    for (let ids = collectable(manager, files); ids.length > 0; ids = collectable(manager, files)) {
      const dropIns = new Map(ids.map((id) => [id, manager.definition(id)?.dropInPaths ?? []]));
      definitions.forget(new Set(ids));
      unload(ids);
      // Recorded first: a death in between leaves a file that the next manager finds and collects.
      for (const id of ids) {
        files.remove(id, dropIns.get(id));
        streams.release(id);
      }
      definitions.rescan();
      const named = ids.filter((id) => manager.core.definitions.graph.isReferenced(id));
      load(named);
      for (const id of ids) if (!named.includes(id)) emit(unitRemovedSignal(id));
    }
  }
}
