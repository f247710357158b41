/**
 * Runs inside the machine under test: kills the manager and the journal process at random instants while clients connect and services are
 * driven, then looks at what became of everything. Prints one JSON object.
 *     node --conditions=source inside.ts LOAD.json KILLS SEED
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Load } from "./units.ts";

const run = promisify(execFile);
const [file = "", killsText = "0", seedText = "1"] = process.argv.slice(2);
const load = JSON.parse(readFileSync(file, "utf8")) as Load;
const kills = Number(killsText);

/** mulberry32: the same instants for the same seed. */
let state = Number(seedText);
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

const faults: string[] = [];
const failed = (what: string): void => void faults.push(what);
let over = false;

function processes(): { readonly pid: number; readonly command: string; readonly state: string }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const command = readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ");
      return [{ pid: Number(name), command, state: stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "" }];
    } catch {
      return [];
    }
  });
}

const find = (part: string): number | undefined =>
  processes().find(({ command, state: is }) => command.includes(part) && is !== "Z")?.pid;

/** A call that the manager's death cut off is made again: an error to that client alone. */
async function systemctl(...words: readonly string[]): Promise<string> {
  for (let i = 0; ; i++) {
    try {
      return (await run("systemctl", [...words], { timeout: 20_000, maxBuffer: 1 << 26 })).stdout;
    } catch (error) {
      if (i >= 30) {
        failed(`systemctl ${words.slice(0, 3).join(" ")}: ${String((error as { stderr?: string }).stderr)}`);
        return "";
      }
      await pause(200);
    }
  }
}

const seen = (name: string): string[] =>
  existsSync(`/run/seen/${name}`) ? readFileSync(`/run/seen/${name}`, "utf8").split("\n").filter(Boolean) : [];

// ---- clients ----

let connections = 0;
async function client(index: number, name: string): Promise<void> {
  const to: NetConnectOpts = index % 2 === 0 ? { path: `/run/${name}` } : { host: "127.0.0.1", port: 20_000 + index };
  while (!over) {
    connections += 1;
    await new Promise<void>((resolve) => {
      const socket = connect(to);
      let got = "";
      socket.setTimeout(60_000, () => socket.destroy(new Error("no answer in 60 s")));
      socket.on("data", (bytes) => (got += bytes));
      socket.on("error", (error) => failed(`${name}: ${error.message}`));
      socket.on("close", () => {
        if (got !== "hello\n") failed(`${name}: answered ${JSON.stringify(got)}`);
        resolve();
      });
    });
    await pause(40);
  }
}

async function drive(name: string): Promise<void> {
  const verbs = ["start", "stop", "restart"] as const;
  for (let i = 0; !over; i++) {
    // What a cut call came to is not known to its client: that is looked at in the end only.
    await run("systemctl", [verbs[i % 3]!, `${name}.service`], { timeout: 20_000 }).catch(() => {});
    await pause(150);
  }
}

// ---- the kills ----

async function killer(): Promise<void> {
  let early = 0;
  for (let i = 0; i < kills; i++) {
    const what = random() < 0.7 ? "/dist/manager.js" : "/dist/journal.js";
    const quick = random() < 0.2;
    const wait = quick ? random() * 120 : 150 + random() * 900;
    let pid = find(what);
    while (pid === undefined) {
      await pause(5);
      pid = find(what);
    }
    await pause(wait);
    // Five deaths within one recovery set the record aside, on purpose: that is another test.
    if (what.includes("manager") && existsSync("/run/steward/recovering") && ++early > 2) {
      while (existsSync("/run/steward/recovering")) await pause(10);
      early = 0;
    } else if (!existsSync("/run/steward/recovering")) early = 0;
    const now = find(what);
    if (now !== undefined) process.kill(now, "SIGKILL");
  }
}

// ---- what must hold ----

async function show(unit: string, ...properties: readonly string[]): Promise<Record<string, string>> {
  const text = await systemctl("show", unit, "-p", properties.join(","));
  return Object.fromEntries(text.trim().split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)])); // biome-ignore format: one line
}

async function lines(unit: string): Promise<string[]> {
  const { stdout } = await run("journalctl", ["-q", "-o", "cat", `_SYSTEMD_UNIT=${unit}`], { maxBuffer: 1 << 28 });
  return stdout.split("\n").filter(Boolean);
}

/** Numbered lines: every one, once, in order, up to the last that the program knows to have written. */
async function checkCounted(name: string): Promise<number> {
  const last = Number(seen(`${name}.count`)[0] ?? 0);
  const numbers = (await lines(`${name}.service`)).map((line) => Number(line.slice(name.length + 1)));
  const wrong = numbers.findIndex((number, i) => number !== i + 1);
  if (wrong >= 0) failed(`${name}: line ${wrong + 1} in the journal is number ${numbers[wrong]}`);
  // It may have been ended between the line and the note of it.
  if (numbers.length !== last && numbers.length !== last + 1)
    failed(`${name}: wrote ${last} lines, ${numbers.length} are in the journal`);
  return numbers.length;
}

/** One line a run, with the pid of the run. */
async function checkRuns(name: string): Promise<void> {
  const runs = seen(name);
  const said = (await lines(`${name}.service`)).map((line) => line.replace("run-", ""));
  const missing = runs.filter((pid) => !said.includes(pid));
  // The last run may have been ended before it spoke.
  if (missing.length > 1 || (missing.length === 1 && missing[0] !== runs.at(-1))) failed(`${name}: lines of runs ${missing.slice(0, 5)} are missing`); // biome-ignore format: one line
  if (said.length > runs.length) failed(`${name}: ${runs.length} runs, ${said.length} lines`);
}

await systemctl("start", "load.target");
const began = performance.now();
const busy = [...load.sockets.map((name, i) => client(i, name)), ...load.driven.map(drive)];
await killer();
const seconds = (performance.now() - began) / 1000;

// No timer is lost: those that repeat go on, those for later come, each once.
const before = new Map(load.repeating.map((name) => [name, seen(name).length]));
await Promise.all(
  [...load.repeating, ...load.once].map(async (name) => {
    const enough = (): boolean =>
      before.has(name) ? seen(name).length >= before.get(name)! + 3 : seen(name).length >= 1;
    for (let i = 0; i < 600 && !enough(); i++) await pause(100);
    if (!enough()) failed(`${name}.timer: lost`);
  }),
);
over = true;
await Promise.all(busy);
for (let i = 0; i < 100 && (await systemctl("list-jobs", "--no-legend")).replace(/No jobs.*/, "").trim() !== ""; i++)
  await pause(200);
for (const name of load.once) if (seen(name).length !== 1) failed(`${name}: ran ${seen(name).length} times`);
for (const name of [...load.repeating, ...load.once]) {
  const { ActiveState } = await show(`${name}.timer`, "ActiveState");
  if (ActiveState !== "active") failed(`${name}.timer: ${ActiveState}`);
}
for (const name of [...load.talkers, ...load.notifiers]) {
  const { MainPID, ActiveState } = await show(`${name}.service`, "MainPID", "ActiveState");
  const runs = seen(name);
  if (runs.length !== 1) failed(`${name}: started ${runs.length} times`);
  if (ActiveState !== "active" || MainPID !== runs.at(-1))
    failed(`${name}: ${ActiveState}, main process ${MainPID}, began ${runs}`);
}
for (const name of load.sockets) {
  const { ActiveState } = await show(`${name}.socket`, "ActiveState");
  if (ActiveState !== "active") failed(`${name}.socket: ${ActiveState}`);
}
const timers = [...load.repeating, ...load.once].map((name) => `${name}.timer`);
const all = [...load.talkers, ...load.notifiers, ...load.crashers, ...load.driven].map((name) => `${name}.service`);
await systemctl("stop", ...timers, ...all);
for (const name of load.crashers) {
  const { NRestarts } = await show(`${name}.service`, "NRestarts");
  const runs = seen(name).length;
  if (runs < 2) failed(`${name}: only ${runs} runs`);
  // A stop may come between the restart's count and its process.
  if (Number(NRestarts) !== 0 && Number(NRestarts) + 1 !== runs && Number(NRestarts) !== runs) failed(`${name}: ${runs} runs, NRestarts=${NRestarts}`); // biome-ignore format: one line
}
for (const name of readdirSync("/run/seen").filter((entry) => entry.endsWith(".twice")))
  failed(`${name}: ran twice at a time`);
// A word to the journal process and back: what was written before is in the files.
await run("journalctl", ["--sync"]).catch(() => pause(3000));
let counted = 0;
for (const name of [...load.talkers, ...load.notifiers]) counted += await checkCounted(name);
for (const name of [...load.crashers, ...load.driven, ...load.repeating, ...load.once]) await checkRuns(name);

// No zombie stays: one that is seen twice, a second apart.
const dead = (): Set<number> =>
  new Set(
    processes()
      .filter(({ state: is }) => is === "Z")
      .map(({ pid }) => pid),
  );
const first = dead();
await pause(1500);
for (const pid of dead()) if (first.has(pid)) failed(`process ${pid} is a zombie`);

const starts = readdirSync("/run/seen").filter((name) => !name.includes(".")).reduce((sum, name) => sum + seen(name).length, 0); // biome-ignore format: one line
console.log(
  JSON.stringify({
    kills,
    seconds: Math.round(seconds),
    services: Object.keys(load.units).filter((name) => name.endsWith(".service")).length,
    starts,
    connections,
    lines: counted,
    faults,
  }),
);
