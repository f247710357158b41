// Bundles stewardctl into dist/bundle/: main.cjs is small and answers is-active, full.js and its chunks are everything else.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { restoreLibraryPath } from "../../scripts/node-libraries.mjs";

const shared = {
  outdir: "dist/bundle",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  conditions: ["source"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
};

/** main.cjs loads the second bundle as it is, and so shares no chunks with it. */
const apart = {
  name: "apart",
  setup(builder) {
    builder.onResolve({ filter: /^\.\/full\.ts$/ }, () => ({ path: "./full.js", external: true }));
    builder.onResolve({ filter: /expand-names\.ts$/ }, (args) =>
      args.kind === "dynamic-import" ? { path: "./full.js", external: true } : undefined,
    );
  },
};

rmSync("dist/bundle", { recursive: true, force: true });
// CommonJS: Node starts it a little sooner.
const quick = {
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  entryPoints: { main: "src/main.ts" },
  banner: { js: restoreLibraryPath },
};
await build({ ...shared, ...quick, plugins: [apart] });
await build({ ...shared, entryPoints: { full: "src/full.ts" }, chunkNames: "chunks/[name]-[hash]", splitting: true });

// V8's compiled code of main.cjs, for the launcher: made by a run that finds no manager.
const env = { ...process.env, NODE_COMPILE_CACHE: "dist/bundle/cache", NODE_COMPILE_CACHE_PORTABLE: "1" };
const args = ["dist/bundle/main.cjs", "--socket=/nonexistent", "is-active", "x"];
spawnSync(process.execPath, args, { env, stdio: "ignore" });
