/**
 * Measures steward beside the genuine systemd, each as PID 1 of a lab of its own, in turn, in one run; prints medians and ratios, and
 * writes docs/benchmarks.md with --write.   node bench/run.ts [--rounds=N] [--idle=SECONDS] [--write]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, release } from "node:os";
import { join } from "node:path";

const clone = join(import.meta.dirname, "..");
const lab = join(clone, "test-fixtures/lab/lab");
const option = (name: string, fallback: number): number =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
const rounds = option("rounds", 3);
const idleSeconds = option("idle", 60);

type Samples = Map<string, number[]>;

function add(samples: Samples, name: string, value: number): void {
  const known = samples.get(name);
  if (known === undefined) samples.set(name, [value]);
  else known.push(value);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** Boots an init in a lab, measures it from inside, and takes the lab away whatever happens. */
function measure(name: string, init: string, samples: Samples): void {
  execFileSync(lab, ["boot", name, "--init", init], { stdio: "ignore" });
  try {
    waitUntilUp(name);
    const script = readFileSync(join(clone, "bench/inside.sh"));
    const args = ["exec", name, "bash", "-s", clone, String(idleSeconds)];
    const output = execFileSync(lab, args, { input: script, encoding: "utf8", timeout: 200_000 });
    for (const line of output.split("\n")) {
      const [key, value] = line.split(" ");
      if (key !== undefined && value !== undefined) add(samples, key, Number(value));
    }
  } finally {
    spawnSync(lab, ["stop", name], { stdio: "ignore" });
  }
}

function waitUntilUp(name: string): void {
  for (let tries = 0; tries < 300; tries++) {
    const { stdout } = spawnSync(lab, ["exec", name, "systemctl", "is-system-running"], { encoding: "utf8" });
    if (/running|degraded/.test(stdout)) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  throw new Error(`${name} did not come up`);
}

/** stewardctl against the bare start of the same Node. */
function measureClient(samples: Samples): void {
  const name = `bench-ctl-${process.pid}`;
  execFileSync(lab, ["boot", name, "--init", join(clone, "apps/daemon/bin/stewardd")], { stdio: "ignore" });
  try {
    waitUntilUp(name);
    const script = `unset NODE_EXTRA_CA_CERTS
t() { local s=$(date +%s%N); shift; "$@" >/dev/null; echo "$(( ($(date +%s%N) - s) / 10000 ))e-2"; }
for i in $(seq 40); do echo "node-e-0 $(t x "$1/node_modules/node/bin/node" -e 0)"; echo "stewardctl-is-active $(t x "$1/apps/ctl/bin/stewardctl" is-active basic.target)"; done`;
    const output = execFileSync(lab, ["exec", name, "bash", "-s", clone], { input: script, encoding: "utf8" });
    for (const line of output.split("\n")) {
      const [key, value] = line.split(" ");
      if (key !== undefined && value !== undefined) add(samples, key, Number(value));
    }
  } finally {
    spawnSync(lab, ["stop", name], { stdio: "ignore" });
  }
}

const theirs: Samples = new Map();
const ours: Samples = new Map();
const client: Samples = new Map();
for (let round = 1; round <= rounds; round++) {
  process.stderr.write(`round ${round} of ${rounds}: systemd …`);
  measure(`bench-ref-${process.pid}`, "/lib/systemd/systemd --system", theirs);
  process.stderr.write(" steward …\n");
  measure(`bench-ours-${process.pid}`, join(clone, "apps/daemon/bin/stewardd"), ours);
}
measureClient(client);

const titles: Readonly<Record<string, string>> = {
  "oneshots-500": "500 oneshots (`/bin/true`) from one target, ms",
  "up-200": "200 long-running services up, ms",
  "kill-to-successor": "kill -9 of a service to its successor's first act (RestartSec=0), ms",
  "reload-700": "daemon-reload, 700 units and the machine's own, ms",
  "reload-one-changed": "daemon-reload after one file changed, ms",
  "systemctl-is-active": "`systemctl is-active`, ms",
  "systemctl-status": "`systemctl status`, ms",
  "lines-200000": "a oneshot that writes 200,000 lines, ms",
  "lines-200000-until-readable": "… until journalctl shows the last, ms",
  "stop-200": "200 services stopped, ms",
  "idle-context-switches-count": `context switches of all manager processes in ${idleSeconds} s of idleness, 200 services`,
  "resident-pss-kib": "resident (PSS of all manager processes), KiB",
};
const rows = Object.entries(titles).map(([key, title]) => {
  const [a, b] = [median(ours.get(key) ?? []), median(theirs.get(key) ?? [])];
  const ratio = b === 0 ? "–" : (a / b).toFixed(2);
  return `| ${title} | ${a} | ${b} | ${ratio} |`;
});
const [ctl, bare] = [median(client.get("stewardctl-is-active") ?? []), median(client.get("node-e-0") ?? [])];
const version = execFileSync("systemctl", ["--version"], { encoding: "utf8" }).split("\n")[0];
const page = `# Benchmarks

Measured with \`node bench/run.ts --rounds=${rounds} --idle=${idleSeconds} --write\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpus()[0]?.model.trim()}, ${arch()}), Linux ${release()}, ${version}.
steward and the genuine systemd each run as PID 1 of a lab, in turn, in one run; the figures are medians. Machines are noisy: quote the ratios.
dinit is not in Debian 12, so it is not measured beside them.

| | steward | systemd | ratio |
| --- | --- | --- | --- |
${rows.join("\n")}

\`stewardctl is-active\`: ${ctl} ms, \`node -e 0\` of the same binary: ${bare} ms, ratio ${(ctl / bare).toFixed(2)}.
`;
process.stdout.write(page);
if (process.argv.includes("--write")) writeFileSync(join(clone, "docs/benchmarks.md"), page);
