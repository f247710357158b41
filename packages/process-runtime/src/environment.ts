/** The environment that a unit's process gets, systemd.exec(5), "Environment" and "Environment Variables in Spawned Processes". */
import type { Credentials } from "./credentials.ts";
import type { DirectoryKind, ExecContext } from "./exec-context.ts";
import type { PlanEnv } from "./plan.ts";

/** systemd's PATH on Debian, where nothing else says so. */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What the manager knows about this one process. Undefined entries set nothing. */
export interface ProcessFacts {
  readonly invocationId?: string | undefined;
  readonly notifySocket?: string | undefined;
  readonly mainPid?: number | undefined;
  /** The pid of the user manager; undefined in the system. */
  readonly managerPid?: number | undefined;
  readonly pidFile?: string | undefined;
  /** Infinity and 0 are none. */
  readonly watchdogUsec?: number | undefined;
  /** For ExecStop= and ExecStopPost=: SERVICE_RESULT, EXIT_CODE, EXIT_STATUS, and others of one command, NAME=VALUE. */
  readonly extra?: readonly string[] | undefined;
  /** Names of descriptors that start at 3 (LISTEN_FDNAMES); none when empty. */
  readonly fdNames?: readonly string[] | undefined;
  /** What a terminal is called (TERM), where one is connected. */
  readonly term?: string | undefined;
}

/** Everything that the environment is made of. */
export interface EnvironmentInput {
  readonly context: ExecContext;
  readonly credentials: Credentials | undefined;
  /** The manager's own variables for all services: PATH, LANG, what set-environment added; in user mode also the user's. */
  readonly manager: ReadonlyMap<string, string>;
  /** The manager process's environment, where PassEnvironment= takes from. */
  readonly inherited?: Readonly<Record<string, string | undefined>> | undefined;
  /** Assignments of the files that EnvironmentFile= names, in order. */
  readonly files?: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly facts: ProcessFacts;
  readonly bases: Readonly<Record<DirectoryKind, string>>;
  readonly scope: "system" | "user";
  /** Register of the stream to the journal, when stdout or stderr is one. */
  readonly journalRegister?: number | undefined;
}

const directoryVariables = {
  runtime: "RUNTIME_DIRECTORY",
  state: "STATE_DIRECTORY",
  cache: "CACHE_DIRECTORY",
  logs: "LOGS_DIRECTORY",
  configuration: "CONFIGURATION_DIRECTORY",
} as const;

/** Later sources win over earlier ones; a value that only the child knows stays a placeholder until it is overwritten. */
export function buildEnvironment(input: EnvironmentInput): { env: PlanEnv[]; variables: Map<string, string> } {
  const { context, facts, credentials } = input;
  const entries = new Map<string, PlanEnv>();
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) entries.set(name, { kind: "literal", text: `${name}=${value}` });
  };
  const assign = (assignment: string): void => {
    const at = assignment.indexOf("=");
    if (at > 0) set(assignment.slice(0, at), assignment.slice(at + 1));
  };

  set("PATH", defaultPath);
  for (const [name, value] of input.manager) set(name, value);
  set("NOTIFY_SOCKET", facts.notifySocket);
  set("MAINPID", facts.mainPid);
  if (input.scope === "user") set("MANAGERPID", facts.managerPid);
  set("PIDFILE", facts.pidFile);
  for (const assignment of facts.extra ?? []) assign(assignment);

  if (facts.fdNames !== undefined && facts.fdNames.length > 0) {
    entries.set("LISTEN_PID", { kind: "pid", text: "LISTEN_PID=" });
    set("LISTEN_FDS", facts.fdNames.length);
    set("LISTEN_FDNAMES", facts.fdNames.join(":"));
  }
  if (facts.watchdogUsec !== undefined && facts.watchdogUsec > 0 && Number.isFinite(facts.watchdogUsec)) {
    entries.set("WATCHDOG_PID", { kind: "pid", text: "WATCHDOG_PID=" });
    set("WATCHDOG_USEC", facts.watchdogUsec);
  }
  set("HOME", credentials?.home);
  set("LOGNAME", credentials?.name);
  set("USER", credentials?.name);
  set("SHELL", credentials?.shell);
  set("INVOCATION_ID", facts.invocationId);
  set("TERM", facts.term);
  if (input.journalRegister !== undefined)
    entries.set("JOURNAL_STREAM", { kind: "inode", text: "JOURNAL_STREAM=", register: input.journalRegister });
  for (const kind of Object.keys(directoryVariables) as DirectoryKind[]) {
    const paths = context.directories?.[kind]?.paths ?? [];
    if (paths.length > 0)
      set(directoryVariables[kind], paths.map((one) => `${input.bases[kind]}/${one.path}`).join(":"));
  }
  entries.set("SYSTEMD_EXEC_PID", { kind: "pid", text: "SYSTEMD_EXEC_PID=" });
  if (context.execSearchPath !== undefined && context.execSearchPath.length > 0)
    set("PATH", context.execSearchPath.join(":"));

  for (const name of context.passEnvironment ?? []) set(name, input.inherited?.[name]);
  for (const assignment of context.environment ?? []) assign(assignment);
  for (const { name, value } of input.files ?? []) set(name, value);
  for (const gone of context.unsetEnvironment ?? []) {
    const at = gone.indexOf("=");
    const entry = entries.get(at < 0 ? gone : gone.slice(0, at));
    if (at < 0 || (entry?.kind === "literal" && entry.text === gone)) entries.delete(at < 0 ? gone : gone.slice(0, at));
  }

  const variables = new Map<string, string>();
  for (const [name, entry] of entries)
    if (entry.kind === "literal") variables.set(name, entry.text.slice(name.length + 1));
  return { env: [...entries.values()], variables };
}
