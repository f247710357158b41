/**
 * Measures steward beside the genuine systemd, each as PID 1 of a lab of its own, in turn, in one run; prints medians and ratios, and
 * writes docs/benchmarks.md with --write; other supervisors, where they can be had, with --others.
 *   node bench/run.ts [--rounds=N] [--idle=SECONDS] [--others] [--write]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, release } from "node:os";
import { join } from "node:path";
import { fetchOther, others } from "./others.ts";
import { page } from "./page.ts";
import { add, type Samples } from "./samples.ts";

const clone = join(import.meta.dirname, "..");
const lab = join(clone, "test-fixtures/lab/lab");
const option = (name: string, fallback: number): number =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
const rounds = option("rounds", 3);
const idleSeconds = option("idle", 60);

/** Where it may, all that is measured goes before what else this machine does: chrt(1) is inherited by all that a lab runs. */
const ahead = spawnSync("chrt", ["-r", "10", "true"]).status === 0 ? ["chrt", "-r", "10"] : [];

function runLab(args: readonly string[], input?: string): string {
  const [program = lab, ...rest] = [...ahead, lab, ...args];
  return execFileSync(program, rest, { input, encoding: "utf8", timeout: 900_000, stdio: ["pipe", "pipe", "inherit"] });
}

function waitUntilUp(name: string): void {
  for (let tries = 0; tries < 300; tries++) {
    const { stdout } = spawnSync(lab, ["exec", name, "systemctl", "is-system-running"], { encoding: "utf8" });
    if (/running|degraded/.test(stdout)) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  throw new Error(`${name} did not come up`);
}

/** Boots an init in a lab, runs a script in it that prints samples, and takes the lab away whatever happens. */
function measure(init: string, script: string, samples: Samples, argument = String(idleSeconds)): void {
  const name = `bench-${process.pid}`;
  // The lab's init keeps the descriptors that it is given: a pipe of ours would never end.
  spawnSync(ahead[0] ?? lab, [...ahead.slice(1), ...(ahead.length > 0 ? [lab] : []), "boot", name, "--init", init], {
    stdio: "ignore",
  });
  try {
    waitUntilUp(name);
    for (const line of runLab(["exec", name, "bash", "-s", clone, argument], script).split("\n")) {
      const [key, value] = line.split(" ");
      if (key !== undefined && value !== undefined) add(samples, key, Number(value));
    }
  } finally {
    spawnSync(lab, ["stop", name], { stdio: "ignore" });
  }
}

/** stewardctl against the bare start of the same Node. */
const clientScript = `unset NODE_EXTRA_CA_CERTS
t() { local s=$(date +%s%N); shift; "$@" >/dev/null; echo "$(( ($(date +%s%N) - s) / 10000 ))e-2"; }
for i in $(seq 40); do echo "node-e-0 $(t x "$1/node_modules/node/bin/node" -e 0)"; echo "stewardctl-is-active $(t x "$1/apps/ctl/bin/stewardctl" is-active basic.target)"; done`;

const build = join(clone, "bench/.build");
mkdirSync(build, { recursive: true });
execFileSync("cc", ["-O2", "-static", "-o", join(build, "phoenix"), join(clone, "bench/programs/phoenix.c")]);

const stewardd = join(clone, "apps/daemon/bin/stewardd");
const inside = readFileSync(join(clone, "bench/inside.sh"), "utf8");
const theirs: Samples = new Map();
const ours: Samples = new Map();
for (let round = 1; round <= rounds; round++) {
  process.stderr.write(`round ${round} of ${rounds}: systemd …`);
  measure("/lib/systemd/systemd --system", inside, theirs);
  process.stderr.write(" steward …\n");
  measure(stewardd, inside, ours);
}
measure(stewardd, clientScript, ours);

const beside = new Map<string, Samples>();
const othersScript = readFileSync(join(clone, "bench/others.sh"), "utf8");
for (const name of process.argv.includes("--others") ? others : []) {
  process.stderr.write(`${name} …\n`);
  const samples: Samples = new Map();
  if (fetchOther(build, name)) measure("/lib/systemd/systemd --system", othersScript, samples, name);
  beside.set(name, samples);
}

const text = page({
  beside,
  ours,
  theirs,
  command: `node --conditions=source bench/run.ts --rounds=${rounds} --idle=${idleSeconds}${beside.size > 0 ? " --others" : ""} --write`,
  idleSeconds,
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}, ${arch()}), Linux ${release()}`,
  systemd: execFileSync("systemctl", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "",
  ahead: ahead.length > 0,
});
process.stdout.write(text);
if (process.argv.includes("--write")) writeFileSync(join(clone, "docs/benchmarks.md"), text);
