import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type BusValue,
  decodeUtf8,
  defaultFacts,
  defaultSpecifiers,
  type Facts,
  formatDiagnostic,
  loadUnit,
  managerDefaults,
  type SpecifierContext,
  scanUnitPaths,
  type UnitTree,
  unitProperties,
  unitProperty,
} from "@steward/unit-file";
import { describe, expect, test } from "vitest";

/** Recorded by test-fixtures/record/show.sh from systemd 252 in the lab. */
const recorded = fileURLToPath(new URL("../../../test-fixtures/recorded/show", import.meta.url));
const mounted = "/run/systemd/system";

interface Machine {
  memoryKib: number;
  threadsMax: number;
  pidMax: number;
  processes: number;
  files: number;
  hostName: string;
  machineId: string;
  bootId: string;
  kernelRelease: string;
  osRelease: Record<string, string>;
  shell: string;
}
const machine = JSON.parse(readFileSync(`${recorded}/machine.json`, "utf8")) as Machine;

const real = (path: string): string => path.replace(mounted, `${recorded}/units`);
const kindOf = (entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }) =>
  entry.isFile() ? "file" : entry.isDirectory() ? "directory" : entry.isSymbolicLink() ? "symlink" : "other";

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const tree: UnitTree = {
  list: (directory) =>
    attempt(() =>
      readdirSync(real(directory), { withFileTypes: true }).map((e) => ({ name: e.name, kind: kindOf(e) }) as const),
    ),
  read(path) {
    const stat = attempt(() => statSync(real(path)));
    if (!stat?.isFile()) return { ok: false, error: stat ? "EINVAL" : "ENOENT" };
    return { ok: true, text: decodeUtf8(readFileSync(real(path))), mtimeUsec: 0 };
  },
  readlink: (path) => attempt(() => readlinkSync(real(path))),
  stat(path) {
    const stat = attempt(() => statSync(real(path)));
    return (
      stat && {
        kind: stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other",
        size: stat.size,
        mtimeUsec: 0,
      }
    );
  },
};

const count = { soft: machine.processes, hard: machine.processes };
const limits = { ...managerDefaults.limits, NPROC: count, SIGPENDING: count };
const systemTasks = Math.min(machine.threadsMax, 4194304);
const facts: Facts = {
  ...defaultFacts,
  physicalMemoryBytes: machine.memoryKib * 1024,
  tasksMax: systemTasks,
  defaults: {
    ...managerDefaults,
    tasksMax: Math.floor((systemTasks * 15) / 100),
    limits,
    processLimits: { ...limits, NOFILE: { soft: machine.files, hard: machine.files } },
  },
};
const specifiers: SpecifierContext = { ...defaultSpecifiers, ...machine };
const catalog = scanUnitPaths(tree, [mounted]);

/** Pairs of unit (or "*") and property in which steward differs, and why. */
const differences: readonly (readonly [unit: string, property: string, reason: string])[] = [
  [
    "s-process2.service",
    "CPUAffinity",
    "CPUAffinity=numa: the CPUs are the machine's, asked for when a process starts",
  ],
  [
    "s-syscalls.service",
    "RestrictFileSystems",
    "Debian's systemd is built without BPF and drops the value; steward keeps and shows it",
  ],
  ["s-syscalls2.service", "RestrictFileSystems", "as above"],
  [
    "s-talias@one.service",
    "ExecStart",
    "systemd resolves specifiers with the name that is asked for first; steward always with the unit's own",
  ],
  ["s-talias@one.service", "ExecStartEx", "as above"],
  ["s-talias@one.service", "Description", "as above"],
];

/** Properties that systemd keeps in hash tables: their order is chance, and differs from run to run. */
const unordered = new Set([
  "SetCredential",
  "LoadCredential",
  "IPAddressAllow",
  "IPAddressDeny",
  "RestrictNetworkInterfaces",
  "Names",
]);

type Json = string | number | boolean | readonly Json[];
const plain = (value: BusValue): Json => {
  if (typeof value === "bigint") return String(value);
  return typeof value === "object" ? value.map(plain) : value;
};
const sorted = (value: Json): Json =>
  typeof value === "object"
    ? [...value].map(sorted).sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))
    : value;

interface Recorded {
  readonly unit: string;
  readonly properties: readonly (readonly [name: string, signature: string, value: Json])[];
}
const units = readFileSync(`${recorded}/properties.jsonl`, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

describe("every property that follows from a unit's files is the genuine systemd's", () => {
  test.each(units.map((u) => [u.unit, u] as const))("%s", (name, theirs) => {
    const ours = new Map(unitProperties(loadUnit(catalog, name, { facts, specifiers })).map((p) => [p.name, p]));
    const found: Record<string, unknown> = {};
    const wanted: Record<string, unknown> = {};
    for (const [property, signature, value] of theirs.properties) {
      const mine = ours.get(property);
      if (!mine || differences.some(([u, p]) => u === name && p === property)) continue;
      const order = unordered.has(property) ? sorted : (v: Json): Json => v;
      found[property] = [mine.signature, order(plain(mine.value))];
      wanted[property] = [signature, order(value)];
    }
    expect(found).toEqual(wanted);
    expect(Object.keys(found).length).toBeGreaterThan(20);
  });

  test("one asked for alone is the same as among all", () => {
    for (const { unit: name } of units) {
      const unit = loadUnit(catalog, name, { facts, specifiers });
      for (const property of unitProperties(unit)) expect(unitProperty(unit, property.name)).toEqual(property);
      expect(unitProperty(unit, "NoSuchProperty")).toBeUndefined();
    }
  });

  test("they come in systemd's order", () => {
    for (const theirs of units) {
      const order = new Map(theirs.properties.map(([property], i) => [property, i]));
      const places = unitProperties(loadUnit(catalog, theirs.unit, { facts, specifiers })).map((p) =>
        order.get(p.name),
      );
      expect(places).toEqual(places.toSorted((x, y) => (x ?? -1) - (y ?? -1)));
    }
  });

  test.each(differences)("%s %s differs still: %s", (name, property) => {
    const theirs = units.find((u) => u.unit === name)?.properties.find(([p]) => p === property);
    const mine = unitProperties(loadUnit(catalog, name, { facts, specifiers })).find((p) => p.name === property);
    expect(plain(mine?.value ?? "")).not.toEqual(theirs?.[2]);
  });
});

/** Messages that systemd has and steward does not, and the other way round, each with its reason. */
const otherWords: readonly RegExp[] = [
  // What each unit's log says when its file was refused; here it is the load state.
  /Unit configuration has fatal error, unit will not be started\.$/,
];

test("everything that systemd says of the files is said in its words, at its line", () => {
  const theirs = new Set(
    readFileSync(`${recorded}/diagnostics.txt`, "utf8")
      .trim()
      .split("\n")
      .filter((line) => !otherWords.some((r) => r.test(line))),
  );
  const ours = new Set<string>();
  const names = new Set([...units.map((u) => u.unit), "s-tmpl@s-drop-in-test.service"]);
  for (const name of names) {
    const unit = loadUnit(catalog, name, { facts, specifiers });
    for (const d of unit.diagnostics) {
      // Debian's systemd says notices in its debug log alone.
      if (d.severity === "notice") continue;
      const said = d.line > 0 ? formatDiagnostic(d) : `${unit.id}: ${d.message}`;
      ours.add(said.replaceAll("\udce9", "\ufffd"));
    }
  }
  expect([...ours].sort()).toEqual([...theirs].sort());
});
