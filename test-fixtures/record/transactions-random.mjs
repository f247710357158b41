// Runs inside a lab, under the genuine systemd: asks for random transactions over random units, and prints what was answered, one JSON line each.
//   node transactions-random.mjs COUNT SEED
// Every line: the units, the state before (active states, queued jobs), the request, the answer (jobs or refusal).
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

const [count, seed] = process.argv.slice(2).map(Number);

/** mulberry32: the same seed, the same units. */
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const kinds = [
  ["Requires", 4],
  ["Wants", 4],
  ["BindsTo", 2],
  ["Requisite", 1],
  ["PartOf", 2],
  ["Upholds", 1],
  ["Conflicts", 2],
  ["After", 5],
  ["Before", 3],
  ["PropagatesReloadTo", 1],
  ["PropagatesStopTo", 1],
];
const requests = [
  ["start", 8],
  ["stop", 5],
  ["restart", 5],
  ["try-restart", 2],
  ["reload", 2],
  ["reload-or-restart", 1],
  ["try-reload-or-restart", 1],
];
const modes = [
  ["replace", 10],
  ["fail", 4],
  ["replace-irreversibly", 2],
  ["ignore-dependencies", 1],
  ["ignore-requirements", 1],
  ["flush", 1],
];

/** A unit is one line: `a.service Requires=b.service After=b.service reload`, as packages/graph/test/support/world.ts reads it. */
function makeCase(index) {
  const next = random(seed * 100003 + index);
  const int = (n) => Math.floor(next() * n);
  const pick = (table) => {
    let at = int(table.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [value, weight] of table) {
      at -= weight;
      if (at < 0) return value;
    }
  };
  const names = ["a", "b", "c", "d", "e", "f"]
    .slice(0, 3 + int(4))
    .map((name) => `${name}.${int(5) === 0 ? "target" : "service"}`);
  const cyclic = int(4) === 0;
  const blocked = int(2) === 0;
  const blocker = "blocker.service";
  const others = blocked ? [...names, blocker] : names;
  const units = names.map((name, at) => {
    const words = [name];
    for (let n = int(4); n > 0; n--) {
      const kind = pick(kinds);
      const other = int(others.length);
      if (other === at) continue;
      // Ordered by name, mostly: no cycle.
      if (!cyclic && (kind === "After" || kind === "Before"))
        words.push(`${other < at || other === names.length ? "After" : "Before"}=${others[other]}`);
      else words.push(`${kind}=${int(25) === 0 ? "missing.service" : others[other]}`);
    }
    if (blocked) words.push(`After=${blocker}`);
    if (name.endsWith(".service") && int(2) === 0) words.push("reload");
    return [...new Set(words)].join(" ");
  });
  if (blocked) units.push(blocker);
  const active = names.filter(() => int(2) === 0);
  const queued = [];
  const irreversible = int(6) === 0;
  if (blocked) {
    queued.push(["start", blocker, "replace"]);
    for (let n = irreversible ? 1 : int(3); n > 0; n--)
      queued.push([
        int(4) === 0 ? "restart" : "start",
        names[int(names.length)],
        irreversible ? "replace-irreversibly" : "replace",
      ]);
  }
  return {
    units,
    names: others,
    active,
    queued,
    irreversible,
    request: [pick(requests), others[int(others.length)], pick(modes)],
  };
}

/** The unit file of such a line. */
function unitText(line, prefix) {
  const [name, ...words] = line.split(" ");
  const lines = ["[Unit]", "DefaultDependencies=no"];
  for (const word of words) if (word !== "reload") lines.push(word.replace("=", `=${prefix}`));
  if (name === "blocker.service") lines.push("[Service]", "Type=oneshot", "ExecStart=/bin/sleep infinity");
  else if (name.endsWith(".service"))
    lines.push("[Service]", "Type=oneshot", "RemainAfterExit=yes", "ExecStart=/bin/true");
  if (words.includes("reload")) lines.push("ExecReload=/bin/true");
  return `${lines.join("\n")}\n`;
}

const run = (...args) => {
  return spawnSync("systemctl", args, { encoding: "utf8" });
};
const jobs = (prefix) =>
  run("list-jobs", "--no-legend", "--plain", "--full")
    .stdout.split("\n")
    .filter((line) => line.includes(prefix))
    .map((line) => {
      const [id, unit, type, state] = line.trim().split(/\s+/);
      return { id: Number(id), unit: unit.replace(prefix, ""), type, state };
    });
const settle = (prefix) => {
  for (let n = 0; n < 200 && jobs(prefix).length > 0; n++) execFileSync("sleep", ["0.01"]);
};
mkdirSync("/run/systemd/system", { recursive: true });
const cases = Array.from({ length: count }, (_, index) => makeCase(index));
for (const [index, { units }] of cases.entries())
  for (const line of units)
    writeFileSync(`/run/systemd/system/s${index}-${line.split(" ")[0]}`, unitText(line, `s${index}-`));
run("daemon-reload");

for (const [index, { units, names, active, queued, irreversible, request }] of cases.entries()) {
  const prefix = `s${index}-`;
  for (const name of active) run("start", "--job-mode=ignore-dependencies", prefix + name);
  settle(prefix);
  for (const [verb, name, mode] of queued) run(verb, "--no-block", `--job-mode=${mode}`, prefix + name);
  if (queued.length > 0) execFileSync("sleep", ["0.03"]);
  // The state is whatever came of it: BindsTo= and Upholds= act by themselves.
  const shown = run("show", "-p", "Id,ActiveState,LoadState", ...names.map((name) => prefix + name)).stdout;
  const states = Object.fromEntries(
    shown
      .trim()
      .split("\n\n")
      .map((block) => {
        const values = Object.fromEntries(block.split("\n").map((line) => line.split(/=(.*)/s)));
        return [values.Id.replace(prefix, ""), values.ActiveState];
      }),
  );
  const queue = jobs(prefix)
    .sort((x, y) => x.id - y.id)
    .map(
      ({ unit, type, state }) =>
        `${type} ${unit} ${state}${irreversible && unit !== "blocker.service" ? " irreversible" : ""}`,
    );
  const [verb, name, mode] = request;
  const answer = run(verb, "--no-block", "-T", `--job-mode=${mode}`, prefix + name);
  const plain = (text) => text.replaceAll(prefix, "");
  const enqueued = plain(answer.stdout + answer.stderr)
    .split("\n")
    .flatMap((line) => {
      const match = /^Enqueued (anchor|auxiliary) job \d+ (\S+)\/(\S+?)\.?$/.exec(line);
      return match ? [`${match[1] === "anchor" ? "*" : ""}${match[3]} ${match[2]}`] : [];
    });
  const error = answer.status === 0 ? undefined : plain(answer.stderr).split("\n")[0];
  console.log(JSON.stringify({ units, states, queue, request, answer: error ?? enqueued.sort() }));
  for (const { id } of jobs(prefix)) run("cancel", String(id));
  run("kill", "-s", "KILL", `${prefix}blocker.service`);
}
