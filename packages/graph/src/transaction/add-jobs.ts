import type { DependencyAtom } from "../dependencies/atom.ts";
import type { Graph } from "../graph.ts";
import type { JobType } from "../jobs/job.ts";
import { collapseJobType } from "../jobs/job-tables.ts";
import { refuseJobType } from "./capabilities.ts";
import type { Draft, DraftJob } from "./draft.ts";
import { isNotApplicable, isQuiet, loadRefusal } from "./errors.ts";
import type { TransactionError, TransactionView } from "./types.ts";

/** Jobs of one type that a job wants for other units. */
interface Wants {
  readonly units: readonly string[];
  readonly type: JobType;
  /** The job cannot be without them, and a refusal is its own. */
  readonly required: boolean;
  readonly conflicts: boolean;
}

interface Frame {
  readonly job: DraftJob;
  readonly groups: readonly Wants[];
  group: number;
  next: number;
}

/** What adding a job looks at. */
export interface AddOptions {
  readonly graph: Graph;
  readonly view: TransactionView;
  readonly draft: Draft;
  readonly ignoreRequirements: boolean;
  readonly ignoreOrder: boolean;
  /** Mode restart-dependencies: the start that was asked for restarts what depends on the unit and runs. */
  readonly startRestarts?: boolean;
}

/**
 * Adds a job and, depth first, all that it wants. A refusal goes up to the nearest job that only wished for it, and is swallowed there;
 * what was added before it stays, as in systemd. An own stack, because chains of dependencies may be long.
 */
export function addJob(options: AddOptions, unit: string, type: JobType, by?: DraftJob): TransactionError | undefined {
  const first = enter(options, unit, { units: [], type, required: true, conflicts: false }, by);
  if ("error" in first) return first.error;
  const stack: Frame[] = first.frame ? [first.frame] : [];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const wants = frame.groups[frame.group];
    const other = wants?.units[frame.next];
    if (other === undefined) {
      if (wants === undefined) stack.pop();
      frame.group++;
      frame.next = 0;
      continue;
    }
    frame.next++;
    const entered = enter(options, other, wants as Wants, frame.job);
    if ("error" in entered) {
      const error = swallow(options.draft, stack, entered.error);
      if (error) return error;
    } else if (entered.frame) stack.push(entered.frame);
  }
  return undefined;
}

/** Takes a refusal up the stack to whom it does not stop; undefined when there is such a one. */
function swallow(draft: Draft, stack: Frame[], error: TransactionError): TransactionError | undefined {
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const wants = frame.groups[frame.group] as Wants;
    if (!wants.required) {
      const quiet = wants.type === "start" && isQuiet(error);
      const what = wants.type === "reload" ? "dependency reload job" : "dependency job";
      draft.say(quiet ? 7 : 4, wants.units[frame.next - 1] as string, `Cannot add ${what}, ignoring: ${error.message}`);
      return undefined;
    }
    if (isNotApplicable(error)) return undefined;
    stack.pop();
  }
  return error;
}

type Entered = { readonly frame: Frame | undefined } | { readonly error: TransactionError };

const nothing: Entered = { frame: undefined };

function enter(options: AddOptions, name: string, wanted: Wants, by: DraftJob | undefined): Entered {
  const { graph, view, draft } = options;
  const { type } = wanted;
  const unit = graph.resolve(name) ?? name;
  const refused = loadRefusal(unit, graph.unit(unit), type);
  if (refused) return { error: refused };
  const inapplicable = refuseJobType(graph, view, unit, type);
  if (inapplicable) return { error: inapplicable };
  const { job, isNew } = draft.job(unit, type);
  job.ignoreOrder ||= options.ignoreOrder;
  if (by) draft.link(by, job, wanted.required, wanted.conflicts);
  else draft.anchor = job;
  if (!isNew || (options.ignoreRequirements && by === undefined)) return nothing;
  const restarts = type === "restart" || (options.startRestarts === true && by === undefined);
  const groups = wantsOf(graph, view, unit, type, restarts);
  return groups.length > 0 ? { frame: { job, groups, group: 0, next: 0 } } : nothing;
}

/** What a job of a unit wants, in systemd's order. */
function wantsOf(graph: Graph, view: TransactionView, unit: string, type: JobType, restarts: boolean): Wants[] {
  const groups: Wants[] = [];
  const add = (units: readonly string[], wanted: JobType, required: boolean, conflicts = false): void => {
    if (units.length > 0) groups.push({ units, type: wanted, required, conflicts });
  };
  // Of what would restart or reload along, only what runs does.
  const running = (atom: DependencyAtom, wanted: "try-restart" | "try-reload") =>
    graph.byAtom(unit, atom).filter((other) => collapseJobType(wanted, view.activeState(other)) !== "nop");
  if (type === "start" || type === "restart") {
    add(graph.byAtom(unit, "pull-in-start"), "start", true);
    add(graph.byAtom(unit, "pull-in-start-ignored"), "start", false);
    add(graph.byAtom(unit, "pull-in-verify"), "verify-active", true);
    add(graph.byAtom(unit, "pull-in-stop"), "stop", true, true);
    add(graph.byAtom(unit, "pull-in-stop-ignored"), "stop", false);
  }
  if (type === "stop") add(graph.byAtom(unit, "propagate-stop"), "stop", true);
  if (restarts) add(running("propagate-restart", "try-restart"), "restart", true);
  if (type === "reload") add(running("propagates-reload-to", "try-reload"), "reload", false);
  return groups;
}
