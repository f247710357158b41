/**
 * What a unit file says about how its processes run (systemd.exec(5)), as plain data: the daemon maps settings to it,
 * `buildPlan` turns it into steps. What is undefined was not set.
 */

/** StandardInput=, StandardOutput=, StandardError=: a mode, and the path or name that some modes take. */
export interface StandardStream {
  readonly mode: string;
  readonly target: string;
}

/** Soft and hard limit in the kernel's units; `Infinity` for none. */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

/** One of RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=, ConfigurationDirectory=. */
export interface DirectorySetting {
  /** Relative paths, each optionally with symbolic links to it, also relative. */
  readonly paths: readonly { readonly path: string; readonly symlinks: readonly string[] }[];
  readonly mode: number;
}

/** The kinds of directories that a unit may own. */
export type DirectoryKind = "runtime" | "state" | "cache" | "logs" | "configuration";

/** One command line of a unit. */
export interface ExecCommandLine {
  readonly path: string;
  readonly argv: readonly string[];
  /** `-`: the manager takes a failure as success; the plan is the same. */
  readonly ignoreFailure: boolean;
  /** `:`: no variables are expanded. */
  readonly noEnvExpand: boolean;
  /** `+`: no change of identity, no sandbox. */
  readonly fullPrivileges: boolean;
  /** `!`: no change of user and group. */
  readonly noSetuid: boolean;
}

/** How processes of a unit run. */
export interface ExecContext {
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly supplementaryGroups?: readonly string[] | undefined;
  /** `~` is the user's home; `missingOk`: written with `-`. */
  readonly workingDirectory?: { readonly path: string; readonly missingOk: boolean } | undefined;
  readonly rootDirectory?: string | undefined;
  readonly umask?: number | undefined;
  readonly nice?: number | undefined;
  readonly oomScoreAdjust?: number | undefined;
  /** By setting: LimitNOFILE and the rest. */
  readonly limits?: Readonly<Record<string, ResourceLimit>> | undefined;
  readonly standardInput?: StandardStream | undefined;
  readonly standardOutput?: StandardStream | undefined;
  readonly standardError?: StandardStream | undefined;
  /** StandardInputText= and StandardInputData=, joined. */
  readonly standardInputData?: Uint8Array | readonly number[] | undefined;
  readonly ttyPath?: string | undefined;
  readonly syslogIdentifier?: string | undefined;
  readonly syslogFacility?: number | undefined;
  readonly syslogLevel?: number | undefined;
  readonly syslogLevelPrefix?: boolean | undefined;
  /** LogExtraFields=, each NAME=VALUE. */
  readonly logExtraFields?: readonly string[] | undefined;
  readonly noNewPrivileges?: boolean | undefined;
  /** Numbers of the capabilities that stay; undefined: all. */
  readonly capabilityBoundingSet?: readonly number[] | undefined;
  readonly ambientCapabilities?: readonly number[] | undefined;
  readonly secureBits?: number | undefined;
  readonly cpuSchedulingPolicy?: number | undefined;
  readonly cpuSchedulingPriority?: number | undefined;
  readonly cpuSchedulingResetOnFork?: boolean | undefined;
  readonly ioSchedulingClass?: number | undefined;
  readonly ioSchedulingPriority?: number | undefined;
  readonly cpuAffinity?: readonly number[] | undefined;
  /** The kernel's number, personality(2). */
  readonly personality?: number | undefined;
  /** IgnoreSIGPIPE=, by default yes. */
  readonly ignoreSigpipe?: boolean | undefined;
  /** NonBlocking=: whether passed sockets are O_NONBLOCK. */
  readonly nonBlocking?: boolean | undefined;
  readonly directories?: Partial<Readonly<Record<DirectoryKind, DirectorySetting>>> | undefined;
  /** Environment=, NAME=VALUE each. */
  readonly environment?: readonly string[] | undefined;
  readonly passEnvironment?: readonly string[] | undefined;
  /** UnsetEnvironment=: names, or NAME=VALUE. */
  readonly unsetEnvironment?: readonly string[] | undefined;
  /** ExecSearchPath=. */
  readonly execSearchPath?: readonly string[] | undefined;
  /** Settings of the unit that this interface does not hold; the plan names them as not applied. */
  readonly otherSettings?: readonly string[] | undefined;
}

/** The numbers of the bits that are set, as `capabilityBoundingSet` and `ambientCapabilities` take them. */
export function bitNumbers(mask: bigint): number[] {
  const numbers: number[] = [];
  for (let bit = 0; bit < 64; bit++) if ((mask >> BigInt(bit)) & 1n) numbers.push(bit);
  return numbers;
}
