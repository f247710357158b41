import { getSystemErrorMessage } from "node:util";
import type { ExecPlan, KeeperClient } from "@steward/process-runtime";
import type { Effect, Event } from "@steward/state-machine";
import type { LoadedUnit, PathSpec } from "@steward/unit-file";
import type { Clock } from "./clock.ts";
import { type CheckedPath, checkPath } from "./path-check.ts";

type LookEffect = Extract<Effect, { kind: "lookAtPaths" }>;

/** What the looks need of the rest. */
interface PathLooksParts {
  readonly keeper: KeeperClient;
  readonly clock: Clock;
  readonly definition: (unit: string) => LoadedUnit | undefined;
  readonly submit: (event: Event, answers: number) => void;
  /** Has the keeper perform a plan; gives the token whose end says that it is done. The same number gives the same token. */
  readonly runPlan: (plan: ExecPlan, number: number) => number;
  readonly warn: (unit: string, message: string) => void;
}

/** One look under way: directories are made, then the paths are checked, then watched, then checked again. */
interface Look {
  readonly effect: LookEffect;
  readonly number: number;
  readonly specs: readonly PathSpec[];
  making: number | undefined;
  before: readonly CheckedPath[];
  /** Watches that the keeper has not set yet. */
  readonly unset: Set<string>;
  errno: number;
}

/** inotify(7): what counts at a path itself, by directive, as systemd has it. */
const deleteSelf = 0x400;
const moveSelf = 0x800;
const attrib = 0x4;
const goes = deleteSelf | moveSelf | attrib;
const closeWrite = 0x8;
const inDirectory = 0x100 | 0x200 | 0x40 | 0x80;
const modify = 0x2;
const masks: Readonly<Record<PathSpec["type"], number>> = {
  PathExists: goes,
  PathExistsGlob: goes,
  PathChanged: goes | closeWrite | inDirectory,
  PathModified: goes | closeWrite | inDirectory | modify,
  DirectoryNotEmpty: goes | 0x100 | 0x80,
};

/** Ids of a look's watches begin so; a unit's name has no slash. */
const startOf = (unit: string, look: number): string => `path/${unit}/${look}/`;

/** The look and the path that a watch's id stands for; undefined where it is another's. */
export function watchOf(
  id: string,
): { readonly unit: string; readonly look: number; readonly index: number } | undefined {
  const [kind, unit = "", look, index] = id.split("/");
  return kind === "path" ? { unit, look: Number(look), index: Number(index) } : undefined;
}

/**
 * Looks at the paths of path units (systemd.path(5)). The watches are the keeper's, so they stand while this process is away; a look
 * that was not answered when it died is done again from its beginning, and each of its steps may be done twice.
 */
export class PathLooks {
  private readonly parts: PathLooksParts;
  private readonly looks = new Map<string, Look>();

  constructor(parts: PathLooksParts) {
    this.parts = parts;
  }

  begin(effect: LookEffect, number: number): void {
    const specs = this.parts.definition(effect.unit)?.settings.Path.Paths ?? [];
    const look: Look = {
      effect,
      number,
      specs,
      making: undefined,
      before: [],
      unset: new Set(),
      errno: 0,
    };
    this.looks.set(startOf(effect.unit, effect.look), look);
    const plan = effect.make ? this.makePlan(effect.unit, specs) : undefined;
    if (plan === undefined) this.watch(look);
    else look.making = this.parts.runPlan(plan, number);
  }

  /** MakeDirectory=, DirectoryMode=: of what is watched for more than being there. */
  private makePlan(unit: string, specs: readonly PathSpec[]): ExecPlan | undefined {
    const mode = this.parts.definition(unit)?.settings.Path.DirectoryMode ?? 0o755;
    const wanted = directoriesOf(specs);
    if (wanted.length === 0) return undefined;
    return {
      inputs: [],
      env: [],
      steps: wanted.map((path) => ({
        op: "makeDirectory",
        base: "/",
        path: path.slice(1),
        mode,
        uid: unchanged,
        gid: unchanged,
        existing: "keep",
        ignoreFailure: true,
        exitStatus: 1,
      })),
    };
  }

  /** A step of such a plan has failed: that directory could not be made, the others are. */
  stepIgnored(token: number, step: number, errno: number): void {
    for (const { making, effect, specs } of this.looks.values()) {
      const path = making === token ? directoriesOf(specs)[step] : undefined;
      if (path !== undefined) this.parts.warn(effect.unit, `mkdir(${path}) failed: ${getSystemErrorMessage(-errno)}`);
    }
  }

  private watch(look: Look): void {
    const { unit, look: number } = look.effect;
    look.before = look.specs.map(checkPath);
    for (const [index, { type, path }] of look.specs.entries()) {
      const id = `${startOf(unit, number)}${index}`;
      look.unset.add(id);
      this.parts.keeper.send({ kind: "watchWay", id, path, mask: masks[type] }, 0);
    }
    if (look.unset.size === 0) this.answer(look);
  }

  /** A plan of the shell has ended. True where it was one of ours. */
  planEnded(token: number): boolean {
    for (const look of this.looks.values()) {
      if (look.making !== token) continue;
      look.making = undefined;
      this.watch(look);
      return true;
    }
    return false;
  }

  /** The keeper has set a watch, or could not. */
  watching(id: string, errno: number): void {
    const look = this.looks.get(id.slice(0, id.lastIndexOf("/") + 1));
    if (look === undefined || !look.unset.delete(id)) return;
    if (errno !== 0 && look.errno === 0) look.errno = errno;
    if (look.unset.size === 0) this.answer(look);
  }

  private answer(look: Look): void {
    const { unit, look: number } = look.effect;
    this.looks.delete(startOf(unit, number));
    const found = look.specs.map((spec, i) => {
      const after = checkPath(spec);
      return { before: look.before[i]?.good ?? false, after: after.good, path: after.path };
    });
    const problem = look.errno === 0 ? {} : { errno: look.errno };
    const now = this.parts.clock.now();
    this.parts.submit({ kind: "pathsLooked", now, unit, look: number, found, ...problem }, look.number);
  }

  /** Nobody waits for it any more: its watches go, whether they are set yet or not. */
  end({ unit, look }: Extract<Effect, { kind: "unwatchPaths" }>, number: number): void {
    this.looks.delete(startOf(unit, look));
    this.parts.keeper.send({ kind: "unwatchAll", starts: startOf(unit, look) }, number);
  }
}

const unchanged = 0xffff_ffff;

/**
 * What MakeDirectory= makes, those on the way first, all with DirectoryMode=: not what is waited for to be there.
 */
function directoriesOf(specs: readonly PathSpec[]): readonly string[] {
  const wanted = specs.filter(({ type }) => type !== "PathExists" && type !== "PathExistsGlob");
  return wanted.flatMap(({ path }) => {
    const parts = path.split("/").filter((part) => part !== "");
    return parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`);
  });
}
