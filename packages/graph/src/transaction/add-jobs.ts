import type { DependencyAtom } from "../dependencies/atom.ts";
import type { Graph } from "../graph.ts";
import type { JobType } from "../jobs/job.ts";
import { collapseJobType } from "../jobs/job-tables.ts";
import { isApplicable } from "./capabilities.ts";
import type { Draft, DraftJob } from "./draft.ts";
import { isNotApplicable, isQuiet, loadRefusal, refusal } from "./errors.ts";
import type { TransactionError, TransactionView } from "./types.ts";

/** What a job wants of another unit. `required`: the job cannot be without it, and a refusal is its own. */
interface Want {
  readonly unit: string;
  readonly type: JobType;
  readonly required: boolean;
  readonly conflicts: boolean;
  /** What is logged when a refusal is swallowed. */
  readonly complaint: string;
  /** Swallow quietly what isQuiet names. */
  readonly quiet: boolean;
}

interface Frame {
  readonly job: DraftJob;
  readonly wants: readonly Want[];
  next: number;
}

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
  const { draft } = options;
  const first = enter(options, { unit, type, required: true, conflicts: false, complaint: "", quiet: false }, by);
  if ("error" in first) return first.error;
  const stack: Frame[] = first.frame ? [first.frame] : [];
  while (stack.length > 0) {
    const frame = stack[stack.length - 1] as Frame;
    const want = frame.wants[frame.next++];
    if (!want) {
      stack.pop();
      continue;
    }
    const entered = enter(options, want, frame.job);
    if ("frame" in entered) {
      if (entered.frame) stack.push(entered.frame);
      continue;
    }
    const error = entered.error;
    for (;;) {
      const top = stack[stack.length - 1];
      if (!top) return error;
      const failed = top.wants[top.next - 1] as Want;
      if (!failed.required) {
        const priority = failed.quiet && isQuiet(error) ? 7 : 4;
        draft.say(priority, failed.unit, `${failed.complaint}, ignoring: ${error.message}`);
        break;
      }
      if (isNotApplicable(error)) break;
      stack.pop();
    }
  }
  return undefined;
}

type Entered = { readonly frame: Frame | undefined } | { readonly error: TransactionError };

function enter(
  { graph, view, draft, ignoreRequirements, ignoreOrder, startRestarts }: AddOptions,
  want: Want,
  by?: DraftJob,
): Entered {
  const unit = graph.resolve(want.unit) ?? want.unit;
  const { type } = want;
  const loaded = graph.unit(unit);
  if (loaded?.loadState === "stub" || loaded?.loadState === "merged")
    return { error: refusal("LoadFailed", `Unit ${unit} is not loaded properly.`) };
  if (type !== "stop") {
    const error = loadRefusal(unit, loaded);
    if (error) return { error };
  }
  if (!isApplicable(graph, view, unit, type))
    return { error: refusal("JobTypeNotApplicable", `Job type ${type} is not applicable for unit ${unit}.`) };
  const { job, isNew } = draft.job(unit, type);
  job.ignoreOrder ||= ignoreOrder;
  if (by) draft.link(by, job, want.required, want.conflicts);
  else draft.anchor = job;
  if (!isNew || (ignoreRequirements && by === undefined) || type === "nop") return { frame: undefined };
  const wants = wantsOf(graph, view, unit, type, type === "restart" || (startRestarts === true && by === undefined));
  return { frame: wants.length > 0 ? { job, wants, next: 0 } : undefined };
}

/** What a job of a unit wants, in systemd's order. */
function wantsOf(graph: Graph, view: TransactionView, unit: string, type: JobType, restarts: boolean): Want[] {
  const wants: Want[] = [];
  const add = (atom: DependencyAtom, wanted: JobType, required: boolean, conflicts = false, quiet = false): void => {
    for (const other of graph.byAtom(unit, atom))
      wants.push({ unit: other, type: wanted, required, conflicts, quiet, complaint: "Cannot add dependency job" });
  };
  if (type === "start" || type === "restart") {
    add("pull-in-start", "start", true);
    add("pull-in-start-ignored", "start", false, false, true);
    add("pull-in-verify", "verify-active", true);
    add("pull-in-stop", "stop", true, true);
    add("pull-in-stop-ignored", "stop", false);
  }
  if (type === "stop") add("propagate-stop", "stop", true);
  if (restarts)
    for (const other of graph.byAtom(unit, "propagate-restart")) {
      // Only what runs is restarted along.
      const collapsed = collapseJobType("try-restart", view.activeState(other));
      if (collapsed === "nop") continue;
      wants.push({ unit: other, type: collapsed, required: true, conflicts: false, quiet: false, complaint: "" });
    }
  if (type === "reload")
    for (const other of graph.byAtom(unit, "propagates-reload-to")) {
      const collapsed = collapseJobType("try-reload", view.activeState(other));
      if (collapsed === "nop") continue;
      const complaint = "Cannot add dependency reload job";
      wants.push({ unit: other, type: collapsed, required: false, conflicts: false, quiet: false, complaint });
    }
  return wants;
}
