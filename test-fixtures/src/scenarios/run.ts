import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { eventually } from "../eventually.ts";
import { clone, lab, programs, stewardd } from "../machine.ts";
import { printScenario, type Scenario } from "./scenario.ts";

const run = promisify(execFile);

export type Trace = readonly string[];

/** A machine with one of the two managers, in which scenarios are played. */
export class Stage {
  private readonly name: string;
  private readonly home: string;
  private played = 0;

  private constructor(name: string, home: string) {
    this.name = name;
    this.home = home;
  }

  static async open(manager: "systemd" | "steward"): Promise<Stage> {
    const home = mkdtempSync(`${tmpdir()}/steward-stage-`);
    const stage = new Stage(`stage-${manager}-${process.pid}`, home);
    process.once("exit", () => rmSync(home, { recursive: true, force: true }));
    const init = { systemd: "/lib/systemd/systemd --system --log-target=journal", steward: stewardd }[manager];
    await run(lab, ["boot", stage.name, "--bind", `${home}:/mnt/stage`, "--init", init]);
    try {
      await eventually(
        `the boot of ${manager}`,
        () => stage.exec("systemctl", "is-system-running").catch((error) => String(error.stdout)),
        (state) => /^(running|degraded)/.test(state),
        90_000,
      );
    } catch (error) {
      console.error((await run(lab, ["log", stage.name])).stdout.slice(-3000));
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** Plays scenarios, many at once; what happened, by their index. */
  async play(scenarios: readonly Scenario[], atOnce: number): Promise<Trace[]> {
    if (scenarios.length === 0) return [];
    // Names may be the same in two books.
    const named = scenarios.map((scenario, index) => ({ ...scenario, name: String(index) }));
    writeFileSync(`${this.home}/in`, named.map(printScenario).join("\n"));
    const node = `${clone}/node_modules/node/bin/node`;
    const script = `${clone}/test-fixtures/src/scenarios/play.ts`;
    const puppet = `${programs()}/puppet`;
    const words = ["/mnt/stage/in", "/mnt/stage/out", String(this.played), String(atOnce), puppet];
    await this.exec(node, "--conditions=source", script, ...words, "/run/systemd/private");
    this.played += scenarios.length;
    const traces = JSON.parse(readFileSync(`${this.home}/out`, "utf8")) as Record<string, Trace>;
    return named.map(({ name }) => traces[name]!);
  }

  async exec(...words: readonly string[]): Promise<string> {
    return (await run(lab, ["exec", this.name, ...words], { maxBuffer: 1 << 26 })).stdout;
  }

  async close(): Promise<void> {
    await run(lab, ["stop", this.name]);
    rmSync(this.home, { recursive: true, force: true });
  }
}
