// Bundles stewardctl into dist/bundle/: main.js is small and answers is-active, full.js and its chunks are everything else.
import { rmSync } from "node:fs";
import { build } from "esbuild";

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

/** main.js loads the second bundle as it is, and so shares no chunks with it. */
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
await build({ ...shared, entryPoints: { main: "src/main.ts" }, plugins: [apart] });
await build({ ...shared, entryPoints: { full: "src/full.ts" }, chunkNames: "chunks/[name]-[hash]", splitting: true });
