/** Where a running steward keeps its things: decided once from what the machine is, see the table of modes in ARCHITECTURE.md. */
export interface Places {
  readonly scope: "system" | "user";
  /** The keeper is PID 1 of its namespace. */
  readonly init: boolean;
  /** Another systemd owns /run/systemd here: nothing of it is touched. */
  readonly besideSystemd: boolean;
  /** systemd's own runtime directory: /run/systemd, or $XDG_RUNTIME_DIR/systemd; steward's own when another systemd has it. */
  readonly systemdDirectory: string;
  /** Steward's record and lock. */
  readonly stateDirectory: string;
  /** The manager's private bus socket. */
  readonly privateSocket: string;
  readonly notifySocket: string;
  /** /run for the system, $XDG_RUNTIME_DIR for a user: specifier %t. */
  readonly runtimeDirectory: string;
  /** The directory of this machine's journal files, most volatile first choice already made. */
  readonly journalDirectory: string;
  /** journald's sockets, where they are ours to serve. */
  readonly journalSockets: string | undefined;
  /** /dev/log, where it is ours to serve. */
  readonly devLog: boolean;
}

/** What the decision needs to know of the machine. */
export interface PlaceFacts {
  readonly scope: "system" | "user";
  readonly isPid1: boolean;
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machineId: string;
  readonly exists: (path: string) => boolean;
  /** Whether a systemd that is not us runs for this scope. */
  readonly foreignSystemd: boolean;
}

/** Chooses the places. */
export function choosePlaces(facts: PlaceFacts): Places {
  return facts.scope === "system" ? systemPlaces(facts) : userPlaces(facts);
}

function systemPlaces(facts: PlaceFacts): Places {
  const beside = facts.foreignSystemd && !facts.isPid1;
  const systemdDirectory = beside ? "/run/steward/systemd" : "/run/systemd";
  const persistent = facts.exists("/var/log/journal");
  const base = beside ? "/run/steward/journal" : persistent ? "/var/log/journal" : "/run/log/journal";
  return {
    scope: "system",
    init: facts.isPid1,
    besideSystemd: beside,
    systemdDirectory,
    stateDirectory: "/run/steward",
    privateSocket: `${beside ? "/run/steward" : systemdDirectory}/private`,
    notifySocket: `${systemdDirectory}/notify`,
    runtimeDirectory: "/run",
    journalDirectory: `${base}/${facts.machineId}`,
    journalSockets: beside ? undefined : "/run/systemd/journal",
    devLog: !beside && facts.isPid1,
  };
}

function userPlaces(facts: PlaceFacts): Places {
  const runtime = userRuntimeDirectory(facts);
  const systemdDirectory = facts.foreignSystemd ? `${runtime}/steward/systemd` : `${runtime}/systemd`;
  const stateHome = facts.env.XDG_STATE_HOME ?? `${facts.env.HOME ?? "/"}/.local/state`;
  return {
    scope: "user",
    init: facts.isPid1,
    besideSystemd: facts.foreignSystemd,
    systemdDirectory,
    stateDirectory: `${runtime}/steward`,
    privateSocket: `${facts.foreignSystemd ? `${runtime}/steward` : systemdDirectory}/private`,
    notifySocket: `${systemdDirectory}/notify`,
    runtimeDirectory: runtime,
    journalDirectory: `${stateHome}/steward/journal/${facts.machineId}`,
    journalSockets: undefined,
    devLog: false,
  };
}

/** $XDG_RUNTIME_DIR, or where it would be; the shell makes it with mode 0700 when it is missing. */
function userRuntimeDirectory(facts: PlaceFacts): string {
  const given = facts.env.XDG_RUNTIME_DIR;
  if (given?.startsWith("/")) return given.replace(/\/+$/, "");
  const usual = `/run/user/${facts.uid}`;
  return facts.exists(usual) ? usual : `/tmp/steward-${facts.uid}`;
}
