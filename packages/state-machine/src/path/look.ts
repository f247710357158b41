import type { PathSpec } from "@steward/unit-file";
import { definitionOf } from "../definition/definitions.ts";
import { errnoText } from "../log/errno.ts";
import { logUnit, priority } from "../log/log.ts";
import type { FoundPath, UnitEvent } from "../model/event.ts";
import type { LookReason, Touch } from "../model/path.ts";
import { emit, jobOf, take, unitOf } from "../turn.ts";
import { activeStateOf, isInactiveOrFailed } from "../unit/active-state.ts";
import { triggeredUnit } from "../unit/triggered.ts";
import { data, type Path, patch, settings } from "./data.ts";
import { enterRunning } from "./run.ts";
import { enterDead, setState, unwatch } from "./set-state.ts";

/** Has the paths looked at and watched. `make`: MakeDirectory= comes before. */
export function look(p: Path, reason: LookReason, make = false): void {
  const { turn, unit } = p;
  if (reason !== "change") unwatch(p);
  const number = take(turn, "nextCheck");
  patch(p, { looks: [...data(p).looks, number], looking: reason, touched: undefined });
  emit(turn, { kind: "lookAtPaths", unit, look: number, make });
}

/** Whether what is triggered is up, on its way up, or on its way down. */
export function triggeredIsBusy({ turn, unit }: Path): boolean {
  const triggered = triggeredUnit(turn, unit);
  if (triggered === undefined) return false;
  const type = definitionOf(turn.state, triggered)?.service?.type;
  return !isInactiveOrFailed(activeStateOf(unitOf(turn, triggered).machine, type));
}

/** PathChanged= and PathModified= wait for something to happen, the others for something to be so. */
function waitsForChange(spec: PathSpec | undefined): boolean {
  return spec?.type === "PathChanged" || spec?.type === "PathModified";
}

/** The first path that is a reason to start the unit, by what was found before and after the watches were set. */
function hit(p: Path, found: readonly FoundPath[], reason: LookReason): number {
  const { existed } = data(p);
  return settings(p).paths.findIndex((spec, i) => {
    const now = found[i];
    if (now === undefined) return false;
    if (!waitsForChange(spec)) return now.before || now.after;
    return now.before !== now.after || (reason === "change" && now.before !== (existed[i] ?? false));
  });
}

type Looked = Extract<UnitEvent, { kind: "pathsLooked" }>;

/** The answer to a look. Its watches stand; those before it are not needed any more. */
export function onLooked(p: Path, event: Looked): void {
  const { turn, unit } = p;
  const { looks, looking, touched, state } = data(p);
  if (looking === undefined || looks.at(-1) !== event.look) return;
  for (const old of looks.slice(0, -1)) emit(turn, { kind: "unwatchPaths", unit, look: old });
  patch(p, { looks: [event.look], looking: undefined, touched: undefined });
  if ((state === "dead" || state === "failed") && jobOf(turn, unit)?.type !== "start") unwatch(p);
  else if (triggeredIsBusy(p)) setState(p, "running");
  else decide(p, event, looking, touched);
}

function decide(p: Path, event: Looked, reason: LookReason, touched: Touch | undefined): void {
  const { paths } = settings(p);
  const index = hit(p, event.found, reason);
  patch(p, { existed: paths.map((_, i) => event.found[i]?.after ?? false) });
  if (index >= 0) {
    enterRunning(p, event.found[index]?.path ?? paths[index]!.path);
    return;
  }
  if (event.errno !== undefined) {
    logUnit(p.turn, priority.warning, p.unit, `Failed to enter waiting state: ${errnoText(event.errno)}`);
    enterDead(p, "resources");
    return;
  }
  setState(p, "waiting");
  if (touched !== undefined) onTouch(p, touched);
}

/** At the path itself a change is what PathChanged= waits for; otherwise, and anywhere on the way there, it is a reason to look. */
function onTouch(p: Path, { index, itself }: Touch): void {
  const spec = settings(p).paths[index];
  if (itself && waitsForChange(spec)) enterRunning(p, spec!.path);
  else look(p, "change");
}

/** A watch has reported. While a look is under way it counts when that is answered. */
export function onTouched(p: Path, event: Extract<UnitEvent, { kind: "pathTouched" }>): void {
  const { looks, looking, touched, state } = data(p);
  if (!looks.includes(event.look)) return;
  const touch = { index: event.index, itself: event.itself };
  if (looking === undefined) {
    if (state === "waiting") onTouch(p, touch);
  } else if (touched === undefined || !(touched.itself && waitsForChange(settings(p).paths[touched.index])))
    patch(p, { touched: touch });
}
