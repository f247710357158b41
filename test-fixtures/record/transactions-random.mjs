// Runs inside a lab, under the genuine systemd: asks for random transactions over random units, and prints what was answered, one JSON line each.
//   node transactions-random.mjs COUNT SEED
// Every line: the units, the state before (active states, queued jobs), the request, the answer (jobs or refusal), the warnings.
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
  ["restart-dependencies", 1],
];

function makeCase(index) {
  const next = random(seed * 100003 + index);
  const int = (n) => Math.floor(next() * n);
  const pick = (table) => {
    let at = int(table.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [value, weight] of table) if ((at -= weight) < 0) return value;
  };
  const names = ["a", "b", "c", "d", "e", "f"]
    .slice(0, 3 + int(4))
    .map((name) => `${name}.${int(5) === 0 ? "target" : "service"}`);
  const cyclic = int(4) === 0;
  const blocked = int(2) === 0;
  const units = {};
  for (const [at, name] of names.entries()) {
    const lines = ["[Unit]", "DefaultDependencies=no"];
    for (let n = int(4); n > 0; n--) {
      const kind = pick(kinds);
      let other = int(names.length);
      if (!cyclic && (kind === "After" || kind === "Before")) {
        // Ordered by name: no cycle.
        if (other === at) continue;
        lines.push(`${other < at ? "After" : "Before"}=${names[other]}`);
      } else {
        if (int(25) === 0) other = -1;
        lines.push(`${kind}=${other < 0 ? "missing.service" : names[other]}`);
      }
    }
    if (blocked) lines.push("After=blocker.service");
    if (name.endsWith(".service")) {
      lines.push("[Service]", "Type=oneshot", "RemainAfterExit=yes", "ExecStart=/bin/true");
      if (int(2) === 0) lines.push("ExecReload=/bin/true");
    }
    units[name] = `${lines.join("\n")}\n`;
  }
  if (blocked)
    units["blocker.service"] =
      "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/sleep infinity\n";
  const active = names.filter(() => int(2) === 0);
  const queued = [];
  if (blocked) {
    queued.push(["start", "blocker.service", "replace"]);
    for (let n = int(3); n > 0; n--)
      queued.push([
        int(4) === 0 ? "restart" : "start",
        names[int(names.length)],
        int(5) === 0 ? "replace-irreversibly" : "replace",
      ]);
  }
  return {
    units,
    names: Object.keys(units),
    active,
    queued,
    request: [pick(requests), names[int(names.length)], pick(modes)],
  };
}

const run = (...args) => {
  const { stdout, stderr, status } = spawnSync("systemctl", args, { encoding: "utf8" });
  return { stdout, stderr, status };
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
const manager = () =>
  spawnSync("journalctl", ["_PID=1", "-o", "json", "-n", "1", "--no-pager"], { encoding: "utf8" }).stdout;
const cursor = () => JSON.parse(manager() || "{}").__CURSOR;
const said = (after, prefix) => {
  spawnSync("journalctl", ["--sync"]);
  const { stdout } = spawnSync(
    "journalctl",
    ["_PID=1", "-o", "json", "--no-pager", `--after-cursor=${after}`, "-p", "5"],
    { encoding: "utf8" },
  );
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ MESSAGE }) =>
      /ordering cycle|Found dependency|break cycle|Requested transaction|Cannot add/.test(MESSAGE),
    )
    .map(({ MESSAGE, PRIORITY }) => ({ priority: Number(PRIORITY), message: MESSAGE.replaceAll(prefix, "") }));
};

mkdirSync("/run/systemd/system", { recursive: true });
const cases = Array.from({ length: count }, (_, index) => makeCase(index));
for (const [index, { units }] of cases.entries())
  for (const [name, text] of Object.entries(units)) {
    const prefix = `s${index}-`;
    const named = text.replace(
      /^(Requires|Wants|BindsTo|Requisite|PartOf|Upholds|Conflicts|After|Before|PropagatesReloadTo|PropagatesStopTo)=/gm,
      `$1=${prefix}`,
    );
    writeFileSync(`/run/systemd/system/${prefix}${name}`, named);
  }
run("daemon-reload");

for (const [index, { units, names, active, queued, request }] of cases.entries()) {
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
  const queue = jobs(prefix);
  const before = cursor();
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
  const log = said(before, prefix);
  console.log(
    JSON.stringify({
      units,
      states,
      queue,
      irreversible: queued.filter(([, , m]) => m === "replace-irreversibly").length > 0,
      request,
      answer: error === undefined ? { jobs: enqueued.sort() } : { error },
      log,
    }),
  );
  for (const { id } of jobs(prefix)) run("cancel", String(id));
  run("kill", "-s", "KILL", `${prefix}blocker.service`);
}
