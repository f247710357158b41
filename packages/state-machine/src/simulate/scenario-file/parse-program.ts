import type { End, Program } from "../program.ts";
import type { Words } from "./words.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<Program>;

const clauses = [
  "runs",
  "exits",
  "dies",
  "dumps",
  "hangs",
  "ignores",
  "handles",
  "notifies",
  "forks",
  "owns",
  "lets",
  "takes",
  "uses",
  "fails",
  "cannot",
] as const;

/** Who hangs hears nothing but SIGKILL. */
export const allButKill: readonly number[] = Array.from({ length: 64 }, (_, i) => i + 1).filter(
  (signal) => signal !== 9,
);

/** How a process ends: `exits STATUS`, `dies SIGNAL`, `dumps SIGNAL`. */
export function parseEnd(words: Words, verb: "exits" | "dies" | "dumps"): End {
  if (verb === "exits")
    return { code: "exited", status: words.isEmpty || words.peek() === "," ? 0 : words.number("an exit status", 255) };
  return { code: verb === "dies" ? "killed" : "dumped", status: words.signal() };
}

/** `SIGNAL…`, at least one. */
export function parseSignals(words: Words): number[] {
  const signals = [words.signal()];
  while (words.seesSignal()) signals.push(words.signal());
  return signals;
}

export function parseFields(words: Words): (readonly [string, string])[] {
  const fields = [words.field()];
  while (words.seesField()) fields.push(words.field());
  return fields;
}

/** `takes TIME to spawn`, `to die`, `to be killed`. */
function parseTakes(words: Words, draft: Draft): void {
  const usec = words.time();
  words.need("to");
  const what = words.choose(["spawn", "die", "be"]);
  if (what === "spawn") draft.spawnDelayUsec = usec;
  else if (what === "die") draft.dyingUsec = usec;
  else {
    words.need("killed");
    draft.killedUsec = usec;
  }
}

/** The reason of `cannot be spawned [REASON]`. */
export function parseCannot(words: Words): string {
  words.need("be");
  words.need("spawned");
  return words.isEmpty || words.peek() === ","
    ? "Failed to load environment files: No such file or directory"
    : words.next("a reason");
}

/** `(CLAUSES)`, or nothing: a child that runs until it is signalled. */
export function parseChild(words: Words): Program {
  if (!words.take("(")) return {};
  const child = words.peek() === ")" ? {} : parseProgram(words);
  words.need(")");
  return child;
}

function parseClause(words: Words, draft: Draft): void {
  const clause = words.choose(clauses);
  switch (clause) {
    case "runs":
      if (!words.take("forever")) draft.runsUsec = words.time();
      return;
    case "exits":
    case "dies":
    case "dumps":
      draft.end = parseEnd(words, clause);
      draft.runsUsec ??= 1_000;
      return;
    case "hangs":
      draft.ignores = allButKill;
      return;
    case "ignores":
      draft.ignores = [...(draft.ignores ?? []), ...parseSignals(words)];
      return;
    case "handles": {
      const signal = words.signal();
      words.need("with");
      draft.handles = { ...draft.handles, [signal]: words.number("an exit status", 255) };
      return;
    }
    case "notifies": {
      const fields = parseFields(words);
      const atUsec = words.take("after") ? words.time() : 0;
      draft.notify = [...(draft.notify ?? []), { atUsec, fields }];
      return;
    }
    case "forks": {
      const atUsec = words.take("after") ? words.time() : 0;
      const program = parseChild(words);
      const writesPidFile = words.take("writing") ? words.next("the path of a PID file") : undefined;
      const fork = { atUsec, program, ...(writesPidFile === undefined ? {} : { writesPidFile }) };
      draft.forks = [...(draft.forks ?? []), fork];
      return;
    }
    case "owns":
      words.need("its");
      words.need("name");
      draft.ownsNameUsec = words.take("after") ? words.time() : 0;
      return;
    case "lets":
      words.need("in");
      draft.letsInUsec = words.take("after") ? words.time() : 0;
      return;
    case "takes":
      parseTakes(words, draft);
      return;
    case "uses":
      draft.cpuUsec = words.time();
      words.need("cpu");
      return;
    case "fails": {
      words.need("to");
      words.need("execute");
      const status = words.isEmpty || words.peek() === "," ? 203 : words.number("an exit status", 255);
      draft.execFails = { status, errno: 2 };
      return;
    }
    case "cannot":
      draft.cannotSpawn = parseCannot(words);
      return;
  }
}

/** What a program does: clauses with commas between them. */
export function parseProgram(words: Words): Program {
  const draft: Draft = {};
  do parseClause(words, draft);
  while (words.take(","));
  return draft;
}
