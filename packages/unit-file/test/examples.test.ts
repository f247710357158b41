import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";

const example = (name: string): string => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

test("parse and edit a unit, keeping its comments", () => {
  const run = spawnSync(process.execPath, ["--conditions=source", example("edit-keeping-comments.ts")], {
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(run.stdout).toBe(`[ '/usr/bin/web    --port 80' ]
# Our web server. Ask the web team before you touch it.
[Service]
; It needs a moment.
TimeoutStartSec=2min
ExecStart=/usr/bin/web \\
  # the public port
  --port 80
Restart=on-failure

`);
});

test("lint a file in a browser: the bundle needs nothing but JavaScript", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [example("lint-page.ts")],
    bundle: true,
    platform: "browser",
    format: "iife",
    conditions: ["source"],
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((path) => !/(^|\/)packages\/(unit-file|time)\//.test(path))).toEqual([]);
  // No process, no require, no document: what a context has by itself.
  const page = createContext({});
  runInContext(outputFiles[0]?.text ?? "", page);
  const lint = (text: string): unknown =>
    JSON.parse(String(runInContext(`JSON.stringify(lintUnit("web.service", ${JSON.stringify(text)}))`, page)));
  expect(lint("[Service]\nExecStart=/usr/bin/web\nRestrat=always\n")).toEqual([
    "web.service:3: Unknown key 'Restrat' in section [Service], ignoring. Did you mean Restart=?",
  ]);
  expect(lint("[Service]\nExecStart=/usr/bin/web\nRestart=always\n")).toEqual([]);
});
