// `pnpm test`: builds, checks and runs every test, and ends with one line, `N passed, N failed`, counted from this run alone.
//   pnpm test                    everything
//   pnpm test packages/journal   the tests below a path (no checks)
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clone } from "./start/clone.mjs";

const bin = (name) => join(clone, "node_modules/.bin", name);
const paths = process.argv.slice(2).filter((argument) => argument !== "--");
const home = mkdtempSync(join(tmpdir(), "steward-report-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };

let passed = 0;
let failed = 0;
const skipped = [];
const failures = [];

/** Runs a check; it counts as one test. */
function check(name, program, args, cwd = clone) {
  const began = performance.now();
  const { status } = spawnSync(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"], env });
  console.log(`${status === 0 ? "✓" : "✗"} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (status === 0) passed += 1;
  else {
    failed += 1;
    failures.push(name);
  }
}

/** Runs vitest on some paths and counts from its report. A file that does not load counts as one failure. */
function vitest(name, args) {
  const report = join(home, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = spawnSync(bin("vitest"), ["run", "--passWithNoTests", ...reporters, ...args], {
    cwd: clone,
    stdio: ["ignore", "inherit", "inherit"],
    env,
  });
  let results;
  try {
    results = JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch {
    failed += 1;
    failures.push(`${name}: vitest left no report (exit ${status})`);
    return;
  }
  const before = failed;
  for (const file of results) {
    let failedHere = 0;
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed += 1;
      else if (test.status === "failed") failedHere += 1;
      else skipped.push(test.fullName);
      if (test.status === "failed") failures.push(`${file.name.replace(`${clone}/`, "")}: ${test.fullName}`);
    }
    if (file.status === "failed" && failedHere === 0) {
      failedHere = 1;
      failures.push(`${file.name.replace(`${clone}/`, "")}: ${(file.message ?? "").split("\n")[0]}`);
    }
    failed += failedHere;
  }
  if (status !== 0 && failed === before) {
    failed += 1;
    failures.push(`${name}: vitest ended with ${status}, an error outside the tests`);
  }
}

if (paths.length > 0) vitest("chosen", paths);
else {
  check("build", bin("turbo"), ["run", "build", "--output-logs=errors-only"]);
  check("types", bin("tsc"), ["-b"]);
  check("types of the tests' harness", bin("tsc"), ["-p", "test-fixtures"]);
  check("lint", bin("biome"), ["check", "--diagnostic-level=error", "."]);
  // What others would install: the packed files, and the types that their compiler finds.
  for (const name of ["time", "unit-file"]) {
    const home = join(clone, "packages", name);
    check(`publint of ${name}`, bin("publint"), ["--strict", "--pack", "npm"], home);
    check(`attw of ${name}`, bin("attw"), ["--pack", ".", "--profile", "esm-only"], home);
  }
  check("programs under test", join(clone, "test-fixtures/programs/build.sh"), []);
  vitest("packages", ["packages", "apps"]);
  // These boot daemons of their own and count on a share of the machine: one file after the other.
  vitest("end-to-end", ["test-fixtures", "--no-file-parallelism"]);
}

if (skipped.length > 0) console.log(`\nskipped (${skipped.length}):\n${skipped.map((name) => `  ${name}`).join("\n")}`);
if (failures.length > 0) console.log(`\nfailed:\n${failures.map((name) => `  ${name}`).join("\n")}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
