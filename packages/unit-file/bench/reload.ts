/**
 * Reads and resolves a thousand units with drop-ins from disk, cold, in a process of its own each time; then again with one file changed; and, with the
 * lab there, has the genuine systemd reload the same tree in the same sitting. As root:
 *
 *     node --conditions=source packages/unit-file/bench/reload.ts [RUNS]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeTree } from "../../unit-tree/src/index.ts";
import { catalogNames, isUnitCurrent, type LoadedUnit, loadUnit, scanUnitPaths } from "../src/index.ts";

const COUNT = 1000;
const here = fileURLToPath(import.meta.url);
const lab = fileURLToPath(new URL("../../../test-fixtures/lab/lab", import.meta.url));

function writeTree(directory: string): void {
  // An active target that is ordered after all of them keeps them loaded, so that systemd reads them at each reload.
  writeFileSync(
    `${directory}/all.target`,
    `[Unit]\nAfter=${Array.from({ length: COUNT }, (_, i) => `svc-${i}.service`).join(" ")}\n`,
  );
  for (let i = 0; i < COUNT; i++) {
    writeFileSync(
      `${directory}/svc-${i}.service`,
      `[Unit]\nDescription=Service number ${i}\nDocumentation=man:foo(8)\nAfter=network.target svc-${Math.max(0, i - 1)}.service
Wants=network-online.target\nConditionPathExists=/etc/foo\n\n[Service]\nType=simple\nEnvironmentFile=-/etc/default/svc
ExecStartPre=/bin/mkdir -p /run/svc-${i}\nExecStart=/usr/bin/svc --number ${i} --name "%n" $OPTS\nExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure\nRestartSec=5\nUser=daemon\nProtectSystem=full\nPrivateTmp=yes\nLimitNOFILE=65536
SystemCallFilter=@system-service\n\n[Install]\nWantedBy=multi-user.target\n`,
    );
    mkdirSync(`${directory}/svc-${i}.service.d`);
    writeFileSync(
      `${directory}/svc-${i}.service.d/override.conf`,
      "[Service]\nEnvironment=FOO=bar\nMemoryMax=1G\nTimeoutStopSec=10\n",
    );
  }
}

/** One cold run in this process: milliseconds for everything, and for a second time with one file changed. */
function measure(directory: string): void {
  const start = performance.now();
  const tree = nodeTree();
  const catalog = scanUnitPaths(tree, [directory]);
  const units: LoadedUnit[] = catalogNames(catalog).map((name) => loadUnit(catalog, name));
  const cold = performance.now() - start;
  utimesSync(`${directory}/svc-7.service`, 1, Math.random() * 1e9);
  const again = performance.now();
  const fresh = scanUnitPaths(tree, [directory]);
  const read = units
    .map((unit) => (isUnitCurrent(fresh, unit) ? unit : loadUnit(fresh, unit.id)))
    .filter((unit, i) => unit !== units[i]);
  console.log(JSON.stringify({ units: units.length, cold, changed: performance.now() - again, read: read.length }));
}

const median = (values: readonly number[]): number =>
  values.toSorted((x, y) => x - y)[values.length >> 1] ?? Number.NaN;

function main(runs: number): void {
  const directory = mkdtempSync("/var/tmp/reload-bench.");
  const name = `reload-${process.pid}`;
  try {
    writeTree(directory);
    const ours = Array.from({ length: runs }, () => {
      const run = spawnSync(process.execPath, ["--conditions=source", here, "--measure", directory], {
        encoding: "utf8",
      });
      return JSON.parse(run.stdout) as { units: number; cold: number; changed: number; read: number };
    });
    const cold = median(ours.map((o) => o.cold));
    const changed = median(ours.map((o) => o.changed));
    console.log(
      `steward: ${ours[0]?.units} units cold ${cold.toFixed(0)} ms, one file changed ${changed.toFixed(0)} ms (${ours[0]?.read} read again)`,
    );
    if (spawnSync(lab, ["boot", name]).status !== 0) {
      console.log("systemd: not measured, the lab did not boot");
      return;
    }
    const script = `cp -r ${directory}/. /run/systemd/system/; systemctl daemon-reload; systemctl start all.target
for i in $(seq ${runs}); do s=$(date +%s%N); systemctl daemon-reload; e=$(date +%s%N); echo $(( (e - s) / 1000 )); done`;
    const theirs = spawnSync(lab, ["exec", name, "bash", "-c", script], { encoding: "utf8" });
    const reload = median(
      theirs.stdout
        .trim()
        .split("\n")
        .map((line) => Number(line) / 1000),
    );
    console.log(
      `systemd: daemon-reload ${reload.toFixed(0)} ms; ratios ${(cold / reload).toFixed(2)} cold, ${(changed / reload).toFixed(2)} one changed`,
    );
  } finally {
    spawnSync(lab, ["stop", name]);
    rmSync(directory, { recursive: true, force: true });
  }
}

if (process.argv[2] === "--measure") measure(process.argv[3] as string);
else main(Number(process.argv[2] ?? 5));
