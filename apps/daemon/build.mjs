// Bundles the manager and the journal process into one file each: a running build is loaded whole at its start.
import { build } from "esbuild";
import { copyNodeLibraries, restoreLibraryPath } from "../../scripts/node-libraries.mjs";

const entries = [
  ["src/manager-main.ts", "dist/manager.js"],
  ["src/journal-main.ts", "dist/journal.js"],
];
for (const [entry, outfile] of entries)
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    conditions: ["source"],
    sourcemap: "linked",
    banner: { js: restoreLibraryPath },
    logLevel: "warning",
  });

copyNodeLibraries("dist/lib");
