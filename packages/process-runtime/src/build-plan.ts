/**
 * From an exec context and a command to an exec plan: the order of systemd's child and its exit statuses
 * (systemd.exec(5), "Process Exit Codes"). Pure: everything that has to be looked up comes in.
 */
import { constants } from "node:os";
import type { Credentials, CredentialsFailure } from "./credentials.ts";
import { buildEnvironment, type ProcessFacts } from "./environment.ts";
import type { DirectoryKind, ExecCommandLine, ExecContext, StandardStream } from "./exec-context.ts";
import { planDirectories } from "./exec-directories.ts";
import { execStatus } from "./exec-status.ts";
import { expandArguments } from "./expand-command.ts";
import type { ExecPlan, PlanInput, PlanStep } from "./plan.ts";
import { resourceNumbers } from "./resources.ts";
import { firstPassedRegister, planStreams, type StreamInput } from "./standard-streams.ts";

/** A descriptor that the process gets from 3 on. */
export interface PassedFd {
  readonly name: string;
  readonly source: { readonly kind: "fd"; readonly fd: number } | { readonly kind: "listener"; readonly id: string };
  /** From the service's own store: its flags stay as they are, and StandardInput=socket does not take it. */
  readonly stored?: boolean | undefined;
}

/** Everything that one process's plan is made of. */
export interface PlanRequest {
  readonly context: ExecContext;
  readonly command: ExecCommandLine;
  /** Of `resolveCredentials`. */
  readonly credentials: Credentials | CredentialsFailure;
  readonly scope: "system" | "user";
  /** What the manager runs as. */
  readonly self: { readonly uid: number; readonly home: string; readonly isPid1: boolean };
  /** Variables of the manager for all services, PassEnvironment='s source, EnvironmentFile='s assignments. */
  readonly managerVariables: ReadonlyMap<string, string>;
  readonly inherited?: Readonly<Record<string, string | undefined>> | undefined;
  readonly environmentFiles?: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly facts: ProcessFacts;
  readonly bases: Readonly<Record<DirectoryKind, string>>;
  readonly nextStream: () => number;
  /** Descriptors that a client gave for the standard streams, by the keeper's ids. */
  readonly givenStreams?: StreamInput["given"];
  readonly metadata: (options: { readonly console: boolean }) => string;
  readonly passedFds?: readonly PassedFd[] | undefined;
  readonly defaultOutput?: StandardStream | undefined;
  readonly defaultError?: StandardStream | undefined;
  /** Limits of the manager for units that set none: DefaultLimitNOFILE= and kin. */
  readonly defaultLimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>> | undefined;
}

/** A plan, and the settings that it does not carry out, to be logged once per unit. */
export interface BuiltPlan {
  readonly plan: ExecPlan;
  readonly notApplied: readonly string[];
}

const sigpipe = constants.signals.SIGPIPE;
/** Directories searched for a command without a slash: systemd's fixed path. */
const commandSearch = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Identity, where it changes: none with `+` and `!`, none in user mode for the user itself. */
function identityOf(request: PlanRequest): Credentials | undefined {
  const { command, credentials, scope, self } = request;
  if ("exitStatus" in credentials || command.fullPrivileges || command.noSetuid) return undefined;
  if (scope === "user" && (credentials.uid ?? self.uid) === self.uid) return undefined;
  return credentials;
}

function schedulingSteps(context: ExecContext): PlanStep[] {
  const steps: PlanStep[] = [];
  if (context.oomScoreAdjust !== undefined)
    // Without CAP_SYS_RESOURCE it cannot be lowered: systemd in a container goes on, and so does this.
    steps.push({
      op: "oomScoreAdjust",
      value: context.oomScoreAdjust,
      ignoreFailure: true,
      exitStatus: execStatus.oomAdjust,
    });
  if (context.nice !== undefined) steps.push({ op: "nice", nice: context.nice, exitStatus: execStatus.nice });
  if (context.cpuSchedulingPolicy !== undefined)
    steps.push({
      op: "sched",
      policy: context.cpuSchedulingPolicy,
      priority: context.cpuSchedulingPriority ?? 0,
      resetOnFork: context.cpuSchedulingResetOnFork === true,
      exitStatus: execStatus.setScheduler,
    });
  if (context.cpuAffinity !== undefined && context.cpuAffinity.length > 0)
    steps.push({ op: "affinity", cpus: context.cpuAffinity, exitStatus: execStatus.cpuAffinity });
  if (context.ioSchedulingClass !== undefined || context.ioSchedulingPriority !== undefined)
    steps.push({
      op: "ioprio",
      value: ((context.ioSchedulingClass ?? 2) << 13) | (context.ioSchedulingPriority ?? 4),
      exitStatus: execStatus.ioprio,
    });
  if (context.personality !== undefined)
    steps.push({ op: "personality", value: context.personality, exitStatus: execStatus.personality });
  return steps;
}

function limitSteps(request: PlanRequest, notApplied: string[]): PlanStep[] {
  const steps: PlanStep[] = [];
  for (const [name, { soft, hard }] of Object.entries({ ...request.defaultLimits, ...request.context.limits })) {
    const resource = resourceNumbers[name];
    if (resource === undefined) notApplied.push(name);
    else steps.push({ op: "rlimit", resource, soft, hard, exitStatus: execStatus.limits });
  }
  return steps;
}

function mask(numbers: readonly number[]): bigint {
  return numbers.reduce((set, number) => set | (1n << BigInt(number)), 0n);
}

/** The command as `findExecutable` and `exec` take it. */
function program(request: PlanRequest): { path: string; search: readonly string[]; exitStatus: number } {
  const { context, command } = request;
  const own = context.execSearchPath ?? [];
  const search = command.path.includes("/") ? [] : own.length > 0 ? own : commandSearch;
  return { path: command.path, search, exitStatus: execStatus.exec };
}

/** Root, groups, descriptors, capabilities, user, working directory, in systemd's order. */
function privilegeSteps(request: PlanRequest, identity: Credentials | undefined, fds: readonly PlanStep[]): PlanStep[] {
  const { context, command, scope, self } = request;
  const sandboxed = !command.fullPrivileges;
  const steps: PlanStep[] = [];
  // In systemd a root directory is a mount namespace, hence the status.
  if (sandboxed && context.rootDirectory && context.rootDirectory !== "/")
    steps.push({ op: "chroot", path: context.rootDirectory, exitStatus: execStatus.namespace });
  // Supplementary groups are taken on with `+` and `!` too.
  const groups = identity !== undefined ? identity.groups : supplementary(request);
  if (groups !== undefined) steps.push({ op: "setgroups", gids: groups, exitStatus: execStatus.group });
  if (identity?.gid !== undefined) steps.push({ op: "setgid", gid: identity.gid, exitStatus: execStatus.group });
  // With `-` a program that is not there is passed over: the child ends with 0.
  steps.push({ op: "findExecutable", ...program(request), ignoreFailure: command.ignoreFailure }, ...fds);
  const ambient = sandboxed ? mask(context.ambientCapabilities ?? []) : 0n;
  if (sandboxed && context.capabilityBoundingSet !== undefined)
    steps.push({
      op: "capabilityBounding",
      keep: mask(context.capabilityBoundingSet),
      exitStatus: execStatus.capabilities,
    });
  if (identity?.uid !== undefined)
    steps.push({ op: "setuid", uid: identity.uid, keepCapabilities: ambient !== 0n, exitStatus: execStatus.user });
  if (ambient !== 0n) steps.push({ op: "capabilityAmbient", set: ambient, exitStatus: execStatus.capabilities });
  steps.push(workingDirectory(request, identity, scope === "user" ? self.home : "/"));
  if (sandboxed && context.secureBits !== undefined && context.secureBits !== 0)
    steps.push({ op: "secureBits", bits: context.secureBits, exitStatus: execStatus.secureBits });
  if (sandboxed && context.noNewPrivileges === true)
    steps.push({ op: "noNewPrivileges", exitStatus: execStatus.noNewPrivileges });
  return steps;
}

/** Groups of a command that otherwise keeps its identity. */
function supplementary({ credentials, scope }: PlanRequest): readonly number[] | undefined {
  if (scope === "user" || "exitStatus" in credentials) return undefined;
  return credentials.groups !== undefined && credentials.groups.length > 0 ? credentials.groups : undefined;
}

/** `~` is the user's home; where it has none, the manager's, which an unprivileged user then cannot enter: 200/CHDIR, as in systemd. */
function workingDirectory(request: PlanRequest, identity: Credentials | undefined, fallback: string): PlanStep {
  const { context, credentials, self } = request;
  const { workingDirectory: wanted } = context;
  const home = identity?.home ?? ("home" in credentials ? credentials.home : undefined) ?? self.home;
  const path = wanted === undefined || wanted.path === "" ? fallback : wanted.path === "~" ? home : wanted.path;
  return { op: "chdir", path, ignoreFailure: wanted?.missingOk === true, exitStatus: execStatus.chdir };
}

function usesSocket({ standardInput, standardOutput, standardError }: ExecContext): boolean {
  return [standardInput, standardOutput, standardError].some((stream) => stream?.mode === "socket");
}

/** Descriptors from 3 on. Of the sockets NonBlocking= says whether they wait; the flag belongs to the socket, so it is set each time. */
function passedSteps(passed: readonly PassedFd[], nonBlocking: boolean): PlanStep[] {
  return passed.flatMap(({ stored }, index): PlanStep[] => {
    const fd = 3 + index;
    const dup: PlanStep = { op: "dup", register: firstPassedRegister + index, fd, exitStatus: execStatus.fds };
    return stored === true ? [dup] : [dup, { op: "nonBlock", fd, on: nonBlocking, exitStatus: execStatus.fds }];
  });
}

/** Builds the plan of one command. */
export function buildPlan(request: PlanRequest): BuiltPlan {
  const { context, command, credentials } = request;
  const notApplied = [...(context.otherSettings ?? [])];
  const setsid: PlanStep = { op: "setsid", exitStatus: execStatus.setsid };
  if ("exitStatus" in credentials) {
    const fail: PlanStep = { op: "fail", errno: credentials.errno, exitStatus: credentials.exitStatus };
    return { plan: { inputs: [], env: [], steps: [setsid, fail] }, notApplied };
  }
  const identity = identityOf(request);
  const passed = request.passedFds ?? [];
  const fdNames = passed.map((one) => one.name);
  const streams = planStreams({
    context,
    nextStream: request.nextStream,
    given: request.givenStreams,
    metadata: request.metadata,
    fdNames,
    defaultOutput: request.defaultOutput ?? { mode: "journal", target: "" },
    defaultError: request.defaultError ?? { mode: "inherit", target: "" },
    isPid1: request.self.isPid1,
  });
  const inputs: PlanInput[] = [
    ...streams.inputs,
    ...passed.map((one, index): PlanInput => ({ ...one.source, register: firstPassedRegister + index })),
  ];
  // A process whose stream is its socket gets no others (systemd.exec(5), StandardInput=socket).
  const onStream = usesSocket(context);
  const isListening = passed.length > 0 && !onStream;
  const fds: PlanStep[] = isListening ? passedSteps(passed, context.nonBlocking === true) : [];
  const { env, variables } = buildEnvironment({
    context,
    credentials,
    manager: request.managerVariables,
    inherited: request.inherited,
    files: request.environmentFiles,
    facts: {
      ...request.facts,
      fdNames: isListening ? fdNames : [],
      term: request.facts.term ?? (streams.terminal ? "linux" : undefined),
    },
    bases: request.bases,
    scope: request.scope,
    journalRegister: streams.journalRegister,
  });
  const argv = command.noEnvExpand ? command.argv : expandArguments(command.argv, (name) => variables.get(name));
  const steps: PlanStep[] = [
    setsid,
    ...streams.steps,
    ...schedulingSteps(context),
    ...planDirectories(
      context,
      request.bases,
      command.fullPrivileges || command.noSetuid ? credentials : (identity ?? { uid: undefined, gid: undefined }),
    ),
    { op: "umask", mask: context.umask ?? 0o022, exitStatus: execStatus.exec },
    ...limitSteps(request, notApplied),
    ...privilegeSteps(request, identity, fds),
  ];
  if (context.ignoreSigpipe !== false)
    steps.push({ op: "ignoreSignals", signals: [sigpipe], exitStatus: execStatus.signalMask });
  steps.push({ op: "exec", argv: argv.length > 0 ? argv : [command.path], ...program(request) });
  return { plan: { inputs, env, steps }, notApplied };
}
