import type { Value } from "@steward/ipc";

/** One process of a unit, as GetUnitProcesses tells it. */
export interface ProcessRow {
  readonly group: string;
  readonly pid: number;
  readonly command: string;
}

/** Which processes belong to which unit, and what they use. */
export interface ProcessTable {
  readonly rootGroup: string;
  unitOf(pid: number): string | undefined;
  controlGroup(id: string): string;
  list(id: string): readonly ProcessRow[];
  defaultLimit(name: string): { readonly soft: bigint; readonly hard: bigint };
  /** TasksCurrent, MemoryCurrent, CPUUsageNSec …: what was measured, and nothing else. */
  properties(id: string): { readonly name: string; readonly signature: string; readonly value: Value }[];
}
