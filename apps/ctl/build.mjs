// Bundles stewardctl into dist/bundle/: main.js holds the common verbs, everything else is loaded when it is called for.
import { rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist/bundle", { recursive: true, force: true });
await build({
  entryPoints: { main: "src/main.ts" },
  outdir: "dist/bundle",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  conditions: ["source"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
