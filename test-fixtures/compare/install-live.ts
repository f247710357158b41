/**
 * The same comparison as install.ts without --root: the verbs go over D-Bus to the genuine manager. It writes into /etc, /run and /usr of the
 * machine, so it runs in a lab and nowhere else:
 *
 *     test-fixtures/lab/lab boot live
 *     test-fixtures/lab/lab exec live node_modules/.bin/node --conditions=source test-fixtures/compare/install-live.ts [trees] [seed]
 *     test-fixtures/lab/lab stop live
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {
  type InstallResult,
  installBusError,
  installMessages,
  isErrorChange,
} from "../../packages/unit-tree/src/index.ts";
import { decide, type StepResult } from "./install-run.ts";
import { installCase, type Step } from "./install-tree.ts";

if (fs.readFileSync("/proc/1/comm", "utf8").trim() !== "systemd") {
  console.error("PID 1 is not systemd: run this in a lab, see above.");
  process.exit(2);
}

const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SYSTEMD_COLORS: "0" };

function tidy(text: string, status: number): StepResult {
  // `mask` remarks on units that do not exist; that is the client's own question to the manager.
  const lines = text.split("\n").filter((line) => line !== "" && !line.endsWith("does not exist, proceeding anyway."));
  const noInstall = lines.findIndex((line) => line.startsWith("The unit files have no installation config"));
  const kept = noInstall < 0 ? lines : [...lines.slice(0, noInstall), "no installation config"];
  return { lines: [...new Set(kept)].sort(), status };
}

/** What systemctl prints when the manager answers: an error alone, or what was done. */
function expected(verb: string, step: Step, result: InstallResult): StepResult {
  const error = installBusError(result);
  const failure = step[0].startsWith("add-") ? "Failed to add dependency" : `Failed to ${verb} unit`;
  if (error !== undefined) return tidy(`${failure}: ${error.message}`, 1);
  const done = { changes: result.changes.filter((change) => !isErrorChange(change)) };
  const lines = installMessages(verb, done).map(({ text }) => text);
  if (["enable", "reenable"].includes(step[0]) && !result.carriesInstallInfo) lines.push("no installation config");
  return tidy(lines.join("\n"), 0);
}

const count = Number(process.argv[2] ?? 10);
const first = Number(process.argv[3] ?? 1);
let steps = 0;
let different = 0;
for (let seed = first; seed < first + count; seed++) {
  const { files, steps: todo } = installCase(seed);
  // default.target and multi-user.target are the lab's own; what is in the way of a file is left alone.
  const made = Object.entries(files).filter(
    ([name]) =>
      !/\/(multi-user|graphical|default)\.target$/.test(name) &&
      !name.startsWith("/run/systemd/transient") &&
      fs.lstatSync(name, { throwIfNoEntry: false }) === undefined,
  );
  const before = spawnSync("find", ["/etc/systemd/system", "/run/systemd", "-type", "l"], { encoding: "utf8" }).stdout;
  for (const [name, contents] of made) {
    if (name.endsWith("/")) continue;
    fs.mkdirSync(path.dirname(name), { recursive: true });
    // /lib is /usr/lib on this machine, so two files of a case may be one.
    fs.rmSync(name, { force: true });
    if (contents.startsWith("-> ")) fs.symlinkSync(contents.slice(3), name);
    else fs.writeFileSync(name, contents);
  }
  for (const step of todo) {
    if (["preset-all", "set-default", "get-default", "list-unit-files", "is-enabled"].includes(step[0])) continue;
    steps++;
    const { verb, result, refusedByClient } = decide("", step);
    if (refusedByClient) break;
    const run = spawnSync("systemctl", [...step], { encoding: "utf8", env });
    const theirs = tidy(run.stdout + run.stderr, run.status ?? -1);
    const ours = expected(verb, step, result);
    if (JSON.stringify(theirs) === JSON.stringify(ours)) continue;
    different++;
    console.log(`seed ${seed}: ${step.join(" ")}`);
    if (theirs.status !== ours.status) console.log(`    exit ${theirs.status}, ours ${ours.status}`);
    for (const line of theirs.lines) if (!ours.lines.includes(line)) console.log(`    genuine: ${line}`);
    for (const line of ours.lines) if (!theirs.lines.includes(line)) console.log(`    ours:    ${line}`);
    break;
  }
  for (const [name] of made) if (!name.endsWith("/")) fs.rmSync(name, { force: true, recursive: true });
  const after = spawnSync("find", ["/etc/systemd/system", "/run/systemd", "-type", "l"], { encoding: "utf8" }).stdout;
  const kept = new Set(before.split("\n"));
  for (const link of after.split("\n")) if (link !== "" && !kept.has(link)) fs.rmSync(link, { force: true });
}
console.log(`${steps} steps on ${count} trees, ${different} different`);
process.exitCode = different > 0 ? 1 : 0;
