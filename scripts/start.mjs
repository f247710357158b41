// `pnpm start`: builds steward, brings up the services in examples/, shows how they come up, and on Ctrl-C stops them in order.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { clone } from "./start/clone.mjs";
import { canMakeNamespaces, launchAsUser, launchInNamespaces, removeLayout } from "./start/launch.mjs";
import { addDropIn, choosePort, enabledUnits, layOut } from "./start/layout.mjs";
import { bold, dim, red, Screen } from "./start/screen.mjs";
import { connectWhenReady, watchUnits } from "./start/watch.mjs";

build();
const instanceFile = join(clone, ".steward/instance");
const { port, isUsual, note } = await choosePort();
const layout = layOut();
const names = enabledUnits(layout.units);
if (!isUsual) addDropIn(layout.units, "my-webserver.service", "port.conf", ["[Service]", `Environment=PORT=${port}`]);
const run = canMakeNamespaces() ? launchInNamespaces(layout) : launchAsUser(layout);
const screen = new Screen();

let up = false;
let stopping = 0;
let lastSignal = 0;
let ended = false;
const exit = new Promise((resolve) => run.child.once("exit", (code, signal) => resolve({ code, signal })));
exit.then(() => {
  ended = true;
});
for (const stream of [run.child.stdout, run.child.stderr])
  createInterface({ input: stream }).on("line", (line) => screen.log(line));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
process.once("exit", clean);

if (note !== undefined) screen.log(note);
if (run.mode === "user")
  screen.log(dim("without root: in user mode, so User=www-data is set aside (stewardctl cat shows how)"));
screen.begin("Starting", names, (state) => state.active !== "activating" && state.active !== "deactivating");
follow();

const { code, signal } = await exit;
screen.show(names.map((name) => ({ name, active: "inactive", sub: "dead", job: "" })));
screen.end();
if (stopping > 0) {
  console.log("All stopped; nothing remains.");
  process.exit(0);
}
console.error(red(`stewardd ended by itself (${signal ?? `exit ${code}`})`));
process.exit(1);

/** Shows the units' states as they change; a manager that died and came back is asked anew. */
async function follow() {
  while (!ended) {
    const bus = await connectWhenReady(run.socket, () => ended);
    if (bus === undefined) return;
    writeInstance();
    const done = watchUnits(bus, names, show);
    await bus.closed;
    done();
  }
}

function show(states) {
  if (!up || stopping > 0) screen.show(states);
  if (up || stopping > 0 || !screen.settled || states.every((state) => state.active === "inactive")) return;
  up = true;
  screen.end();
  console.log(advice());
}

/** The first request stops in order; a second one hastens; a third ends it at once. */
function stop() {
  const now = performance.now();
  // A terminal's Ctrl-C may reach us twice, from the terminal and from the runner above us: once is meant.
  if (now - lastSignal < 300) return;
  lastSignal = now;
  stopping += 1;
  if (stopping === 1) {
    screen.end();
    screen.begin("Stopping", names, (state) => state.active === "inactive" || state.active === "failed");
    signalKeeper("SIGTERM");
  } else if (stopping === 2) {
    screen.log("hastening: what still runs is killed");
    signalKeeper("SIGTERM");
    setTimeout(() => signalKeeper("SIGKILL"), 5000).unref();
  } else signalKeeper("SIGKILL");
}

/** Reaches the keeper, or, before there is one, what would become it. */
function signalKeeper(signal) {
  if (ended) return;
  const keeper = run.keeper();
  if (keeper === undefined) run.child.kill("SIGKILL");
  else process.kill(keeper, signal);
}

/** Removes whatever this run made; also when this process ends in an unforeseen way. */
function clean() {
  signalKeeper("SIGKILL");
  rmSync(instanceFile, { force: true });
  run.dispose();
  removeLayout(layout);
}

/** Tells scripts/inside how to reach this run; a clone that cannot be written does without. */
function writeInstance() {
  try {
    mkdirSync(join(clone, ".steward"), { recursive: true });
    writeFileSync(instanceFile, `${run.inside(run.keeper())}\n`, { mode: 0o600 });
  } catch {
    // the advice then names the long way
  }
}

function advice() {
  const prefix = existsSync(instanceFile)
    ? join(clone, "scripts/inside")
    : run.mode === "root"
      ? `nsenter -a -t ${run.keeper()} env PATH=${join(clone, "apps/ctl/bin")}:$PATH`
      : `env XDG_RUNTIME_DIR=${join(layout.home, "run")} XDG_STATE_HOME=${join(layout.home, "state")} PATH=${join(clone, "apps/ctl/bin")}:$PATH`;
  const lines = [
    "",
    bold("The services run. Try, from another terminal:"),
    "",
    `  curl http://127.0.0.1:${port}/`,
    `  ${prefix} stewardctl status my-webserver`,
    `  ${prefix} stewardctl list-units`,
    `  ${prefix} stewardctl logs -f worker@red`,
    `  ${prefix} stewardctl restart my-webserver`,
    ...(run.mode === "root"
      ? [`  ${prefix} systemctl status      ${dim("the genuine one, where it is installed")}`]
      : []),
    "",
    "Ctrl-C stops them in order.",
    "",
  ];
  return lines.join("\n");
}

function build() {
  const turbo = join(clone, "node_modules/.bin/turbo");
  if (process.argv.includes("--no-build")) return;
  console.log("Building …");
  const { status } = spawnSync(turbo, ["run", "build", "--output-logs=errors-only"], {
    cwd: clone,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(red("the build failed: `pnpm build` shows why"));
    process.exit(1);
  }
}
