/**
 * Same settings: boots the genuine systemd in the lab on a tree of unit files, asks it for all properties of each unit, asks
 * @steward/unit-file the same, and compares property by property, and message by message.
 *
 *     node --conditions=source test-fixtures/record/show-compare.ts UNITS-DIRECTORY [ANSWERS-DIRECTORY]
 *
 * With answers that show.sh recorded before, nothing is booted. The directories must not be below /tmp or /run: the lab has its own. Properties of run time
 * (process ids, time stamps, states, dependencies) are not compared. The exit status is 1 when less than 99.5 % are equal.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type BusValue,
  defaultFacts,
  defaultSpecifiers,
  type Facts,
  formatDiagnostic,
  loadUnit,
  loadUnitFromFiles,
  managerDefaults,
  scanUnitPaths,
  type UnitTree,
  type UnitType,
  unitProperties,
} from "../../packages/unit-file/src/index.ts";
import { nodeTree } from "../../packages/unit-tree/src/index.ts";

const [units = "", recorded = `${units}.answers`] = process.argv.slice(2);
if (process.argv.length < 4) {
  mkdirSync(recorded, { recursive: true });
  const script = fileURLToPath(new URL("show.sh", import.meta.url));
  const run = spawnSync(script, [units, recorded], { stdio: ["ignore", "inherit", "inherit"] });
  if (run.status !== 0) throw new Error(`show.sh ended with ${run.status}`);
}

const mounted = "/run/systemd/system";
const disk = nodeTree();
const real = (path: string): string =>
  path === mounted || path.startsWith(`${mounted}/`) ? units + path.slice(mounted.length) : path;
const tree: UnitTree = {
  list: (path) => disk.list(real(path)),
  read: (path) => disk.read(real(path)),
  readlink: (path) => disk.readlink(real(path)),
  stat: (path) => disk.stat(real(path)),
};
const catalog = scanUnitPaths(tree, ["/etc/systemd/system", mounted, "/lib/systemd/system", "/usr/lib/systemd/system"]);

const machine = JSON.parse(readFileSync(`${recorded}/machine.json`, "utf8"));
const processes = { soft: machine.processes, hard: machine.processes };
const limits = { ...managerDefaults.limits, NPROC: processes, SIGPENDING: processes };
const facts: Facts = {
  ...defaultFacts,
  physicalMemoryBytes: machine.memoryKib * 1024,
  tasksMax: machine.threadsMax,
  defaults: {
    ...managerDefaults,
    tasksMax: Math.floor((machine.threadsMax * 15) / 100),
    limits,
    processLimits: { ...limits, NOFILE: { soft: machine.files, hard: machine.files } },
  },
};
const specifiers = { ...defaultSpecifiers, ...machine };

type Json = string | number | boolean | readonly Json[];
const plain = (value: BusValue): Json =>
  typeof value === "bigint" ? String(value) : typeof value === "object" ? value.map(plain) : value;
const sorted = (value: Json): Json =>
  typeof value === "object"
    ? value.map(sorted).toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))
    : value;
/** systemd keeps these in hash tables: their order is chance. */
const unordered = new Set([
  "SetCredential",
  "LoadCredential",
  "SetCredentialEncrypted",
  "LoadCredentialEncrypted",
  "IPAddressAllow",
  "IPAddressDeny",
  "RestrictNetworkInterfaces",
  "Names",
]);

const empty = new Map<string, ReadonlyMap<string, string>>();
function emptyUnit(type: UnitType): ReadonlyMap<string, string> {
  const known = empty.get(type);
  if (known) return known;
  const unit = loadUnitFromFiles(`empty.${type}`, [{ path: "/empty", text: "[Unit]\n" }], { facts, specifiers });
  const made = new Map(unitProperties(unit).map((p) => [p.name, JSON.stringify(plain(p.value))]));
  empty.set(type, made);
  return made;
}

/**
 * What a unit that runs shows of its run: the watchdog of a service that was started, how a file system was mounted, when a timer elapses next.
 */
function withoutRun(name: string, value: Json, theirs: ReadonlyMap<string, Json>): Json | undefined {
  const state = theirs.get("ActiveEnterTimestamp");
  const ran = (state !== undefined && state !== "0") || (theirs.get("ExecMainStartTimestamp") ?? "0") !== "0";
  if (name === "TimersCalendar" || name === "TimersMonotonic")
    return (value as readonly (readonly Json[])[]).map((timer) => timer.slice(0, 2));
  return ran && (name === "WatchdogUSec" || name === "Options") ? undefined : value;
}

let all = 0;
let allEqual = 0;
let telling = 0;
let tellingEqual = 0;
const said = new Set<string>();
for (const line of readFileSync(`${recorded}/properties.jsonl`, "utf8").trim().split("\n")) {
  const theirs = JSON.parse(line) as { unit: string; properties?: [string, string, Json][] };
  const unit = loadUnit(catalog, theirs.unit, { facts, specifiers });
  // Notices are what Debian's systemd says in its debug log alone.
  for (const d of unit.diagnostics)
    if (d.severity !== "notice") said.add(d.line > 0 ? formatDiagnostic(d) : `${unit.id}: ${d.message}`);
  const ours = new Map(unitProperties(unit).map((p) => [p.name, p]));
  const usual = emptyUnit(unit.type);
  const answers = new Map((theirs.properties ?? []).map(([name, , value]) => [name, value]));
  for (const [name, signature, value] of theirs.properties ?? []) {
    const mine = ours.get(name);
    if (!mine) continue;
    const order = unordered.has(name) ? sorted : (v: Json): Json => v;
    const [shown, wanted] = [withoutRun(name, plain(mine.value), answers), withoutRun(name, value, answers)];
    if (shown === undefined || wanted === undefined) continue;
    const a = JSON.stringify(order(shown));
    const b = JSON.stringify(order(wanted));
    const isEqual = a === b && mine.signature === signature;
    all += 1;
    if (isEqual) allEqual += 1;
    else console.log(`${theirs.unit} ${name}\n    steward ${a.slice(0, 500)}\n    systemd ${b.slice(0, 500)}`);
    if (b === usual.get(name)) continue;
    telling += 1;
    if (isEqual) tellingEqual += 1;
  }
}

const heard = new Set(
  readFileSync(`${recorded}/diagnostics.txt`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith("Unit configuration has fatal error, unit will not be started.")),
);
for (const line of heard) if (!said.has(line)) console.log(`only systemd says: ${line}`);
for (const line of said) if (!heard.has(line)) console.log(`only steward says: ${line}`);
const share = (part: number, whole: number): string =>
  `${part} of ${whole} (${((100 * part) / Math.max(1, whole)).toFixed(3)} %)`;
console.log(
  `equal: ${share(allEqual, all)} of all pairs, ${share(tellingEqual, telling)} of those that differ from an empty unit's`,
);
process.exitCode = allEqual >= all * 0.995 && tellingEqual >= telling * 0.995 ? 0 : 1;
