import type { Job, JobResult } from "@steward/graph";
import type { KeeperClient } from "@steward/process-runtime";
import type { Effect } from "@steward/state-machine";
import { say } from "./console.ts";
import type { Environment } from "./environment.ts";
import type { Manager } from "./manager.ts";
import { removeBootedMark } from "./prepare.ts";

/** reboot(2) commands. */
const rebootCommands = { reboot: 0x01234567, poweroff: 0x4321fedc, halt: 0xcdef0123 } as const;

/**
 * How the manager ends: by SuccessAction= and FailureAction= (which is also how exit.target and its kin work), with the one
 * unit of `--unit=`, or hastened by a second signal.
 */
export class Ending {
  private readonly keeper: KeeperClient;
  private readonly environment: Environment;
  private readonly manager: Manager;
  private readonly unit: string | undefined;
  private asked = false;

  constructor(parts: {
    readonly keeper: KeeperClient;
    readonly environment: Environment;
    readonly manager: Manager;
    readonly unit: string | undefined;
  }) {
    this.keeper = parts.keeper;
    this.environment = parts.environment;
    this.manager = parts.manager;
    this.unit = parts.unit;
  }

  /** Performs an action: an orderly one starts its target, a forced one ends the keeper. */
  act(effect: Extract<Effect, { kind: "systemAction" }>, number: number): void {
    const [kind, force] = effect.action.split("-") as [string, string | undefined];
    if (force === undefined) {
      if (effect.status >= 0) this.manager.setExitCode(effect.status);
      this.manager.shutDown(`${kind}.target`);
      return;
    }
    const status = kind === "exit" && effect.status > 0 ? effect.status : this.manager.exitCode;
    this.leave();
    if (kind !== "exit" && this.ownsMachine())
      this.keeper.send(
        { kind: "reboot", command: rebootCommands[kind as "reboot"] ?? rebootCommands.poweroff },
        number,
      );
    else this.keeper.send({ kind: "exit", status }, number);
  }

  /** A second SIGINT or SIGTERM: no more waiting, everything is killed. */
  hasten(): void {
    say("asked twice to end: killing what is left", "warning");
    this.leave();
    this.keeper.send({ kind: "exit", status: this.manager.exitCode }, 0);
  }

  /** `--unit=`: once it is at rest again, the manager ends, with the unit's result as its status. */
  unitChanged(unit: string): void {
    if (this.unit !== undefined && !this.asked && unit === this.manager.unitId(this.unit)) this.resume();
  }

  jobRemoved(job: Job, result: JobResult): void {
    if (this.unit === undefined || job.unit !== this.manager.unitId(this.unit)) return;
    if (job.type === "start" && result !== "done" && result !== "canceled") this.end(1);
  }

  /** Looks at the unit as it is now: after a recovery its end may lie behind. */
  resume(): void {
    if (this.unit === undefined || this.asked) return;
    const id = this.manager.unitId(this.unit);
    if (id === undefined) return;
    const record = this.manager.core.units.get(id);
    if (record === undefined || record.job !== undefined || record.inactiveExit.monotonicUsec === 0) return;
    const state = this.manager.activeState(id);
    if (state !== "inactive" && state !== "failed") return;
    const status = this.manager.properties(id).find(({ name }) => name === "ExecMainStatus")?.value;
    this.end(state === "failed" ? Number(status) || 1 : 0);
  }

  /** The first thing that was asked for could not even be queued. */
  bootFailed(target: string, message: string): void {
    say(`cannot start ${target}: ${message}`, "error");
    if (this.unit !== undefined) this.end(1);
  }

  private end(status: number): void {
    if (this.asked) return;
    this.asked = true;
    this.manager.setExitCode(status);
    this.manager.shutDown("exit.target");
  }

  private ownsMachine(): boolean {
    return (
      this.environment.places.init &&
      this.environment.facts.virtualization === "none" &&
      process.env.container === undefined
    );
  }

  /** Leaves nothing that says that we are here. */
  private leave(): void {
    const { places } = this.environment;
    if (!places.init) removeBootedMark(places);
  }
}
