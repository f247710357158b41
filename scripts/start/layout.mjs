// Lays the examples out for one run, in a folder of their own: as they stand for root, fitted for an ordinary user.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clone } from "./clone.mjs";

const usualPort = 8437;

/** A folder with the examples' tree; the caller removes it. */
export function layOut() {
  const home = mkdtempSync(join(tmpdir(), "steward-start-"));
  cpSync(join(clone, "examples"), join(home, "tree"), { recursive: true, verbatimSymlinks: true });
  const units = join(home, "tree/etc/systemd/system");
  const bin = join(home, "tree/usr/local/bin");
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
  return { home, units, bin };
}

/** The Node that came with the dependencies, else the one that runs this. */
export function ownNode() {
  try {
    return realpathSync(join(clone, "node_modules/node/bin/node"));
  } catch {
    return process.execPath;
  }
}

/** Adds a drop-in to a unit of the layout. */
export function addDropIn(units, unit, name, lines) {
  const folder = join(units, `${unit}.d`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
}

/** The units that the tree enables, in the order of their names. */
export function enabledUnits(units) {
  return readdirSync(join(units, "multi-user.target.wants")).sort();
}

/**
 * What changes for a manager without root: another user's identity cannot be taken, programs lie in the layout instead of
 * /usr/local/bin, and a user's default target is default.target. All as drop-ins, so that `stewardctl cat` shows it.
 */
export function fitForUser({ units, bin }) {
  symlinkSync(ownNode(), join(bin, "node"));
  for (const name of readdirSync(units)) {
    if (!name.endsWith(".service")) continue;
    const starts = readFileSync(join(units, name), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("ExecStart=/usr/local/bin/"));
    addDropIn(units, name, "90-ordinary-user.conf", [
      "# Written by `pnpm start`, which runs without root here.",
      "[Service]",
      "User=",
      "Group=",
      `Environment=PATH=${bin}:/usr/local/bin:/usr/bin:/bin`,
      ...(starts.length > 0 ? ["ExecStart="] : []),
      ...starts.map((line) => line.replace("/usr/local/bin", bin)),
    ]);
  }
  renameSync(join(units, "multi-user.target.wants"), join(units, "default.target.wants"));
  writeFileSync(join(units, "default.target"), "[Unit]\nDescription=The examples\nAllowIsolate=yes\n");
}

/** The web server's port: $PORT, or the usual one, or a free one where that is taken; `note` says so. */
export async function choosePort() {
  const wanted = Number(process.env.PORT || usualPort);
  if (await isFree(wanted)) return { port: wanted, isUsual: wanted === usualPort };
  const port = await freePort();
  return { port, isUsual: false, note: `port ${wanted} is taken, my-webserver listens on ${port}` };
}

const listen = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const { port: given } = server.address();
      server.close(() => resolve(given));
    });
  });
const isFree = async (port) => (await listen(port)) !== undefined;
const freePort = () => listen(0);
