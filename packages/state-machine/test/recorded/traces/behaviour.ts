import type { Program } from "@steward/state-machine";

/** What a program of a scenario does, in words that a shell script and the simulator both understand. Times in milliseconds. */
export interface Behaviour {
  /** It says READY=1 after so long. */
  readonly readyMs?: number;
  /** Messages by systemd-notify(1), each so long after the one before. */
  readonly says?: readonly (readonly [afterMs: number, ...words: string[]])[];
  /** Signals that make it exit with a status. */
  readonly traps?: Readonly<Partial<Record<"USR1" | "USR2" | "TERM" | "HUP", number>>>;
  /** It ends after so long, by itself … */
  readonly endMs?: number;
  readonly exit?: number;
  /** … or by this signal. */
  readonly signal?: "KILL" | "TERM" | "ABRT" | "HUP" | "SEGV";
  readonly ignoresTerm?: boolean;
  /** It leaves a child in the group, that lives for ever. */
  readonly leaves?: "child" | "stubborn child";
  /** It forks its work into the background, as a daemon does, and writes where that is. */
  readonly daemon?: { readonly pidFile?: string; readonly behaviour: Behaviour };
  readonly notFound?: boolean;
}

const numbers = { KILL: 9, TERM: 15, ABRT: 6, HUP: 1, SEGV: 11 } as const;

/** Sleeping in a child would hide signals from the shell: `read` with a time-out on a pipe that nobody writes to waits in the shell itself. */
function pause(ms: number): string {
  return `read -t ${ms / 1000} -u 9 _ || true`;
}

/** A bash script that behaves so. */
export function toScript(b: Behaviour): string {
  const lines = ["ulimit -c 0", "exec 9<> <(:)"];
  if (b.ignoresTerm) lines.push("trap '' TERM");
  for (const [signal, status] of Object.entries(b.traps ?? {})) lines.push(`trap 'exit ${status}' ${signal}`);
  if (b.leaves === "child") lines.push("sleep 1000 &");
  if (b.leaves === "stubborn child") lines.push("(trap '' TERM; exec sleep 1000) &");
  if (b.daemon !== undefined) {
    lines.push(`( ${toScript(b.daemon.behaviour).split("\n").join("; ")} ) >/dev/null 2>&1 &`);
    if (b.daemon.pidFile !== undefined) lines.push(`echo $! > ${b.daemon.pidFile}`);
  }
  const ready = b.readyMs ?? Number.POSITIVE_INFINITY;
  if (ready !== Number.POSITIVE_INFINITY) lines.push(pause(ready), "systemd-notify --ready --pid=$$");
  for (const [ms, ...words] of b.says ?? []) lines.push(pause(ms), `systemd-notify ${words.join(" ")}`);
  if (b.endMs === undefined && b.exit === undefined && b.signal === undefined)
    lines.push("while :; do read -t 1000 -u 9 _ || true; done");
  else {
    lines.push(pause(Math.max(1, (b.endMs ?? 1) - (ready === Number.POSITIVE_INFINITY ? 0 : ready))));
    lines.push(b.signal === undefined ? `exit ${b.exit ?? 0}` : `kill -${b.signal} $BASHPID; sleep 10`);
  }
  return lines.join("\n");
}

/** The same as data. */
export function toProgram(b: Behaviour): Program {
  if (b.notFound) return { execFails: { status: 203, errno: 2 } };
  const ends = b.endMs !== undefined || b.exit !== undefined || b.signal !== undefined;
  const forks: NonNullable<Program["forks"]>[number][] = [];
  if (b.leaves === "child") forks.push({ atUsec: 0, program: {} });
  if (b.leaves === "stubborn child") forks.push({ atUsec: 0, program: { ignores: [15] } });
  if (b.daemon !== undefined) {
    const { pidFile, behaviour } = b.daemon;
    forks.push({
      atUsec: 0,
      program: toProgram(behaviour),
      ...(pidFile === undefined ? {} : { writesPidFile: pidFile }),
    });
  }
  const notify: NonNullable<Program["notify"]>[number][] = [];
  if (b.readyMs !== undefined) notify.push({ atUsec: b.readyMs * 1_000, fields: [["READY", "1"]] });
  let atUsec = (b.readyMs ?? 0) * 1_000;
  for (const [ms, ...words] of b.says ?? []) {
    atUsec += ms * 1_000;
    notify.push({
      atUsec,
      fields: words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] as const),
    });
  }
  const numbered = { USR1: 10, USR2: 12, TERM: 15, HUP: 1 } as const;
  const handles = Object.fromEntries(
    Object.entries(b.traps ?? {}).map(([name, status]) => [numbered[name as "USR1"], status]),
  );
  const signal = b.signal === undefined ? undefined : numbers[b.signal];
  return {
    forks,
    ...(b.ignoresTerm ? { ignores: [15] } : {}),
    notify,
    handles,
    ...(ends ? { runsUsec: (b.endMs ?? 1) * 1_000 } : {}),
    ...(ends
      ? { end: signal === undefined ? { code: "exited", status: b.exit ?? 0 } : { code: "killed", status: signal } }
      : {}),
  };
}
