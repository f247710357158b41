/** A unit's properties by name, with what stands for "not set" taken out. */
import { unwrap, type Value } from "@steward/ipc";
import type { Properties } from "../bus/manager.ts";

const MAX = 0xffff_ffff_ffff_ffffn;

export class Facts {
  readonly properties: Properties;

  constructor(properties: Properties) {
    this.properties = properties;
  }

  private value(name: string): Value | undefined {
    const value = this.properties.get(name);
    return value === undefined ? undefined : unwrap(value);
  }

  /** A text; undefined for an empty one. */
  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  flag(name: string): boolean {
    return this.value(name) === true;
  }

  /** An integer, 0 where it is missing. */
  number(name: string): number {
    const value = this.value(name);
    return typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : 0;
  }

  /** A 64 bit amount; undefined where it is missing or the largest number, which says "unknown" or "no limit". */
  amount(name: string): bigint | undefined {
    const value = this.value(name);
    return typeof value === "bigint" && value !== MAX ? value : undefined;
  }

  /** A moment in microseconds; 0 where it is not set. */
  moment(name: string): number {
    return Number(this.amount(name) ?? 0n);
  }

  list(name: string): readonly string[] {
    const value = this.value(name);
    return Array.isArray(value) ? (value as string[]) : [];
  }

  rows(name: string): readonly Value[][] {
    const value = this.value(name);
    return Array.isArray(value) ? (value as Value[][]) : [];
  }
}
