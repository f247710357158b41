/**
 * Plays scenarios in the machine that it runs in, and writes what happened:
 *     node --conditions=source play.ts SCENARIOS OUT.json FIRST_INDEX AT_ONCE PUPPET SOCKET
 * Called by compare/scenarios.ts inside a lab, under the genuine systemd and under steward alike.
 */
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Collector } from "./collector.ts";
import { layOut, type Placed, pinOf, place } from "./place.ts";
import { parseScenarios } from "./scenario.ts";
import { showUnit } from "./show.ts";

const unitDirectory = "/etc/systemd/system";
const [input = "", output = "", first = "0", atOnce = "8", puppet = "", socket = ""] = process.argv.slice(2);

/** For a manager that does not answer; no scenario takes as long. */
const untilMs = 20_000;

const scenarios = parseScenarios(readFileSync(input, "utf8"), input);
const placed = scenarios.map((scenario, index) => place(scenario, Number(first) + index, "/var/tmp/scenarios"));
const collector = await Collector.open(socket);
const traces: Record<string, readonly string[]> = {};

const together = placed.filter(({ scenario }) => !scenario.alone);
await prepare(together);
const queue = [...together];
const worker = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await play(next);
};
await Promise.all(Array.from({ length: Number(atOnce) }, worker));
for (const one of placed.filter(({ scenario }) => scenario.alone)) {
  await prepare([one]);
  await play(one);
  for (const file of one.scenario.units.keys()) rmSync(`${unitDirectory}/${one.rename(file)}`);
  await collector.manager("Reload");
}
writeFileSync(output, JSON.stringify(traces));
collector.close();

async function prepare(list: readonly Placed[]): Promise<void> {
  for (const one of list) layOut(one, unitDirectory, puppet);
  await collector.manager("Reload");
  for (const one of list) {
    if (!one.scenario.pinned) continue;
    await collector.manager("StartUnit", "ss", [pinOf(one), "replace"]);
    await collector.until(pinOf(one), "active", untilMs);
  }
}

async function play(one: Placed): Promise<void> {
  const lines: string[] = [];
  for (const step of one.scenario.steps) {
    const words = step.split(/\s+/);
    if (words[0] === "pause") await pause(Number(words[1]));
    else if (words[0] === "until") {
      const came = await collector.until(one.rename(words[1]!), words[2]!, untilMs);
      if (!came) lines.push(`$ ${step}: never`);
    } else lines.push(...(await command(one, step)));
  }
  const own = new Set([...one.units, ...collector.units().filter((unit) => belongs(one, unit))]);
  const plain = (text: string): string => normal(one, text);
  for (const unit of own) {
    const properties = await collector.unit(unit);
    lines.push(
      `${plain(unit)}: ${plain(collector.trace(unit).join("; "))}`,
      `${plain(unit)} = ${plain(showUnit(properties))}`,
    );
  }
  traces[one.scenario.name] = lines;
  await end([...own]);
}

function belongs(one: Placed, unit: string): boolean {
  if (one.prefix !== "") return unit.startsWith(one.prefix);
  const templates = [...one.scenario.units.keys()].filter((name) => name.includes("@."));
  return templates.some((name) => unit.startsWith(name.replace(/@\..*/, "@")));
}

/** What differs from machine to machine and from run to run is taken away. */
function normal(one: Placed, text: string): string {
  return (one.prefix === "" ? text : text.replaceAll(one.prefix, ""))
    .replaceAll(one.directory, "@DIR@")
    .replace(/\b(PID|pid) \d+/g, "$1 N")
    .replace(/@(\d+)-\d+-(\d+)\.service/g, "@$1-N-$2.service")
    .replace(/\b[0-9a-f]{32}\b/g, "ID");
}

function command(one: Placed, step: string): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const env = { PATH: process.env.PATH, LANG: "C.UTF-8", DIR: one.directory, SYSTEMD_PAGER: "" };
  const options = { env, timeout: 60_000, killSignal: "SIGKILL", cwd: one.directory } as const;
  execFile("/bin/sh", ["-c", one.rename(step)], options, (error, out, err) => {
    const code = error === null ? 0 : error.killed ? "took too long" : (error.code ?? error.signal);
    const said = normal(one, `${out}${err}`)
      .split("\n")
      .filter((line) => line.trim() !== "");
    resolve([`$ ${step}: ${code}`, ...said.map((line) => `  | ${line.trimEnd()}`)]);
  });
  return promise;
}

/** Nothing of a scenario that is over goes on: not its restarts, not its processes. */
async function end(units: readonly string[]): Promise<void> {
  for (const unit of units) {
    await collector.manager("StopUnit", "ss", [unit, "replace"]).catch(() => {});
    await collector.manager("KillUnit", "ssi", [unit, "all", 9]).catch(() => {});
  }
}
