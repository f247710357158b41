/** How loading a unit went (org.freedesktop.systemd1(5), LoadState). */
export type LoadState = "stub" | "loaded" | "not-found" | "bad-setting" | "error" | "merged" | "masked";

/** What the graph has to know about a unit. A LoadedUnit of @steward/unit-file is one. */
export interface GraphUnit {
  readonly id: string;
  /** All names, `id` among them. */
  readonly names: readonly string[];
  readonly loadState: LoadState;
  /** Why loading failed, as a D-Bus error. */
  readonly loadError?: { readonly name: string; readonly message: string } | undefined;
  /** Of mounts: only what a file describes is required by those who need the path. */
  readonly fragmentPath?: string | undefined;
  /** Typed settings: section, then directive. Absent ones have systemd's default. */
  readonly settings: object;
  /** Where a setting was made; empty for defaults. Without it a setting that holds its type's default counts as not made. */
  origins?(section: string, name: string): readonly unknown[];
  /** From directives and from .wants/, .requires/ and .upholds/ directories; `kind` is the directive. */
  readonly dependencies: readonly { readonly kind: string; readonly name: string }[];
}

/** Whom the manager serves: default dependencies differ. */
export type Scope = "system" | "user";

/** What building a graph needs besides the units. */
export interface GraphOptions {
  readonly scope?: Scope;
  /** In a container nobody orders swaps. */
  readonly isContainer?: boolean;
  /** Where RuntimeDirectory= and kin stand (systemd.exec(5)); by default the system manager's. */
  readonly directories?: Partial<Readonly<Record<"runtime" | "state" | "cache" | "logs" | "configuration", string>>>;
}
