import type { Facts, Kind } from "../values/kind.ts";

/** The man page that describes a directive. */
export type ManPage =
  | "systemd.unit(5)"
  | "systemd.service(5)"
  | "systemd.socket(5)"
  | "systemd.timer(5)"
  | "systemd.path(5)"
  | "systemd.mount(5)"
  | "systemd.automount(5)"
  | "systemd.swap(5)"
  | "systemd.slice(5)"
  | "systemd.scope(5)"
  | "systemd.exec(5)"
  | "systemd.kill(5)"
  | "systemd.resource-control(5)";

/** One value that a unit has. Where nothing sets it, it is `initial`, which may depend on the manager's defaults. */
export interface Setting<V> {
  readonly kind: Kind<V>;
  readonly initial: V | ((facts: Facts) => V);
  /** The D-Bus property; null where there is none or where properties/ works it out. */
  readonly property: string | null | undefined;
  /** The systemd version that introduced it; 0 for those that 252 has. */
  readonly since: number;
  /** False for values that no directive bears the name of: several directives add to them. */
  readonly isDirective: boolean;
}

/** A directive that sets something of another name: an alias, or one of several that add to one list. */
export interface OtherDirective {
  /** What it sets, as "Name" or "Section.Name". */
  readonly sets: readonly string[];
  /** Its own way of reading, where it differs from that of what it sets. */
  readonly kind?: Kind<unknown>;
  readonly since: number;
  /** It is an older name that systemd still understands. */
  readonly legacy: boolean;
}

/** All settings of a section or of a part that several sections share. */
export interface Table {
  readonly man: ManPage;
  readonly settings: Readonly<Record<string, Setting<unknown>>>;
  readonly others: Readonly<Record<string, OtherDirective>>;
}

/** The values of a table, by name. */
export type SettingsOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer V> ? V : never };

interface SettingOptions<V> {
  readonly initial?: V | ((facts: Facts) => V);
  readonly property?: string | null;
  readonly since?: number;
}

/** A setting of the given kind. */
export function set<V>(kind: Kind<V>, options: SettingOptions<V> = {}): Setting<V> {
  return {
    kind,
    initial: options.initial === undefined ? kind.initial : options.initial,
    property: options.property,
    since: options.since ?? 0,
    isDirective: true,
  };
}

/** A setting that no directive bears the name of. */
export function gathered<V>(kind: Kind<V>): Setting<V> {
  return { kind, initial: kind.initial, property: null, since: 0, isDirective: false };
}

/** An older name. */
export function legacy(...sets: string[]): OtherDirective {
  return { sets, since: 0, legacy: true };
}

/** A directive that adds to, or sets, something of another name. */
export function into(sets: string | readonly string[], kind?: Kind<unknown>, since = 0): OtherDirective {
  const names = typeof sets === "string" ? [sets] : sets;
  return kind ? { sets: names, kind, since, legacy: false } : { sets: names, since, legacy: false };
}

/** `into` for each of many names. */
export function intoEach(names: readonly string[], target: string, since = 0): Record<string, OtherDirective> {
  return Object.fromEntries(names.map((name) => [name, into(target, undefined, since)]));
}
