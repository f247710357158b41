import { readFileSync, rmSync, writeFileSync } from "node:fs";

const deaths = 5;
const withinMs = 10_000;

/**
 * Counts deaths during recovery. After five in ten seconds the record is taken for poison: it is set aside, and the manager
 * goes on with what the keeper's inventory says. `begin` is called before a recovery and returns whether to give up on the
 * record; `survived` when it is over.
 */
export class PoisonWatch {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  begin(nowMs: number): boolean {
    const recent = this.read().filter((at) => nowMs - at < withinMs);
    const poisoned = recent.length >= deaths;
    writeFileSync(this.path, [...(poisoned ? [] : recent), nowMs].join("\n"), { mode: 0o600 });
    return poisoned;
  }

  survived(): void {
    rmSync(this.path, { force: true });
  }

  private read(): number[] {
    try {
      return readFileSync(this.path, "utf8").split("\n").map(Number).filter(Number.isFinite);
    } catch {
      return [];
    }
  }
}
