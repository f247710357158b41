/**
 * Waits for jobs to end. The manager may die meanwhile and come back: its jobs go on, so we connect again and look
 * whether each is still there (Manager.GetJob); one that ended unheard is judged by its unit's state.
 */
import type { Message } from "@steward/ipc";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { busName, managerPath } from "./manager.ts";

export interface AwaitedJob {
  readonly path: string;
  readonly unit: string;
}

export interface EndedJob extends AwaitedJob {
  /** done, failed, canceled, timeout, dependency, skipped, … */
  readonly result: string;
}

const RETRY_PAUSE_MSEC = 50;
const GIVE_UP_AFTER_MSEC = 60_000;

export class JobWaiter {
  private readonly context: Context;
  private readonly results = new Map<string, string>();
  private wake: () => void = () => {};
  private generation: number;

  constructor(context: Context) {
    this.context = context;
    context.manager.onSignal((signal) => this.hear(signal));
    this.generation = context.manager.connect();
  }

  private hear(signal: Message): void {
    if (signal.member !== "JobRemoved" || signal.path !== managerPath) return;
    const [, path, , result] = signal.body() as [number, string, string, string];
    this.results.set(path, result);
    this.wake();
  }

  /** Resolves with the results of all these jobs, in their order. */
  async wait(jobs: readonly AwaitedJob[]): Promise<EndedJob[]> {
    const { manager } = this.context;
    while (!jobs.every((job) => this.results.has(job.path))) {
      const heard = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      if (this.generation !== manager.generation) await this.lookForAll(jobs);
      else if (await Promise.race([heard.then(() => false), manager.bus.closed.then(() => true)]))
        await this.comeBack();
    }
    return jobs.map((job) => ({ ...job, result: this.results.get(job.path) ?? "done" }));
  }

  /** Connects again, and again, until the manager is there. */
  private async comeBack(): Promise<void> {
    const { manager } = this.context;
    const deadline = Date.now() + GIVE_UP_AFTER_MSEC;
    for (;;) {
      manager.reset();
      try {
        await manager.bus.ready;
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          throw new Failure(`The manager went away and did not come back: ${(error as Error).message}`);
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MSEC));
      }
    }
  }

  /** What ended while nobody listened. */
  private async lookForAll(jobs: readonly AwaitedJob[]): Promise<void> {
    this.generation = this.context.manager.generation;
    for (const job of jobs) if (!this.results.has(job.path)) await this.lookFor(job);
  }

  /** A job that is not there any more has ended: its unit tells how. */
  private async lookFor(job: AwaitedJob): Promise<void> {
    const { manager } = this.context;
    const id = Number(job.path.slice(job.path.lastIndexOf("/") + 1));
    const known = await manager.call("GetJob", "u", [id]).then(
      () => true,
      (error: unknown) => {
        if ((error as { errorName?: string }).errorName !== `${busName}.NoSuchJob`) throw error;
        return false;
      },
    );
    if (known) return;
    const state = await manager.getUnit(job.unit, "ActiveState");
    this.results.set(job.path, state === "failed" ? "failed" : "done");
  }
}
