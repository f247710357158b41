/** Waiting for jobs, with a manager that answers as a script says: also one that dies and comes back. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DBusError, type IncomingCall, variant } from "@steward/ipc";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serve } from "./recorded-manager.ts";

let directory: string;
let server: Server;
const sockets = new Set<Socket>();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ctl-jobs-"));
});

afterEach(() => {
  dropClients();
  server.close();
  rmSync(directory, { recursive: true });
});

async function listen(onCall: (call: IncomingCall) => void): Promise<void> {
  server = await serve(join(directory, "private"), onCall);
  server.on("connection", (socket) => sockets.add(socket));
}

function dropClients(): void {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
}

function stewardctl(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const main = join(import.meta.dirname, "../src/main.ts");
  const argv = ["--conditions=source", main, `--socket=${join(directory, "private")}`, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: typeof error?.code === "number" ? error.code : 0 });
    });
  });
}

const path = "/org/freedesktop/systemd1";
const jobPath = `${path}/job/7`;

/** Answers properties by name. */
function property(call: IncomingCall, values: { readonly [name: string]: string | boolean }): void {
  const name = String(call.message.body()[1]);
  const value = values[name];
  if (value === undefined) call.fail(new DBusError("org.freedesktop.DBus.Error.UnknownProperty", name));
  else call.reply("v", [variant(typeof value === "string" ? "s" : "b", value)]);
}

function removed(call: IncomingCall, result: string): void {
  const body = [7, jobPath, "web.service", result];
  call.connection.emit({
    path,
    interface: "org.freedesktop.systemd1.Manager",
    member: "JobRemoved",
    signature: "uoss",
    body,
  });
}

test.each([
  ["done", 0, ""],
  ["skipped", 0, ""],
  ["canceled", 1, "Job for web.service canceled.\n"],
  ["timeout", 1, "Job for web.service timed out.\n"],
  ["dependency", 1, "A dependency job for web.service failed. See 'stewardctl logs -xe' for details.\n"],
  [
    "failed",
    1,
    'Job for web.service failed because the control process exited with error code.\nSee "stewardctl status web.service" and "stewardctl logs -xeu web.service" for details.\n',
  ],
])("a job that ends with %s", async (result, code, stderr) => {
  await listen((call) => {
    if (call.message.member === "StartUnit") {
      expect(call.message.body()).toEqual(["web.service", "replace"]);
      call.reply("o", [jobPath]);
      removed(call, result);
    } else property(call, { NeedDaemonReload: false, Result: "exit-code" });
  });
  expect(await stewardctl("start", "web")).toEqual({ stdout: "", stderr, code });
});

test("--no-block does not wait", async () => {
  await listen((call) => {
    if (call.message.member === "StartUnit") call.reply("o", [jobPath]);
    else property(call, { NeedDaemonReload: false });
  });
  expect(await stewardctl("start", "--no-block", "web")).toMatchObject({ code: 0 });
});

test.each([
  ["is still there and ends", true, "active", 0],
  ["has ended well meanwhile", false, "active", 0],
  ["has failed meanwhile", false, "failed", 1],
])("a manager that dies while a job is awaited: the job %s", async (_, known, state, code) => {
  let deaths = 0;
  await listen((call) => {
    const { member } = call.message;
    if (member === "StartUnit") call.reply("o", [jobPath]);
    else if (member === "GetJob") {
      if (!known) return call.fail(new DBusError("org.freedesktop.systemd1.NoSuchJob", "Job 7 does not exist."));
      call.reply("o", [jobPath]);
      removed(call, "done");
    } else {
      property(call, { NeedDaemonReload: false, ActiveState: state, Result: "signal" });
      if (deaths++ === 0) setImmediate(dropClients);
    }
  });
  expect(await stewardctl("start", "web")).toMatchObject({ code });
});

test.each([
  ["was not heard is asked for again", 0, 0n, 2],
  ["was queued is awaited", 7, 0n, 1],
  ["was done already is not repeated", 0, 10n ** 18n, 1],
])("a manager that dies over a request: what %s", async (_, queued, changed, asked) => {
  let requests = 0;
  await listen((call) => {
    const { member } = call.message;
    const done = (): void => {
      call.reply("o", [jobPath]);
      removed(call, "done");
    };
    if (member === "StartUnit") {
      if (requests++ === 0) dropClients();
      else done();
    } else if (member === "GetJob") done();
    else if (call.message.body()[1] === "Job") {
      call.reply("v", [variant("(uo)", [queued, queued > 0 ? jobPath : "/"])]);
      if (queued > 0) removed(call, "done");
    } else if (call.message.body()[1] === "StateChangeTimestampMonotonic") call.reply("v", [variant("t", changed)]);
    else property(call, { NeedDaemonReload: false });
  });
  expect(await stewardctl("start", "web")).toEqual({ stdout: "", stderr: "", code: 0 });
  expect(requests).toBe(asked);
});

test("a manager that dies over a question is asked again", async () => {
  let questions = 0;
  await listen((call) => {
    if (questions++ === 0) dropClients();
    else property(call, { ActiveState: "active" });
  });
  expect(await stewardctl("is-active", "web")).toEqual({ stdout: "active\n", stderr: "", code: 0 });
});

test.each([
  [
    "org.freedesktop.systemd1.NoSuchUnit",
    "Unit web.service not found.",
    5,
    "Failed to start web.service: Unit web.service not found.\n",
  ],
  [
    "org.freedesktop.systemd1.UnitMasked",
    "Unit web.service is masked.",
    1,
    "Failed to start web.service: Unit web.service is masked.\n",
  ],
  [
    "org.freedesktop.DBus.Error.AccessDenied",
    "whatever",
    4,
    "Failed to start web.service: Access denied\nSee system logs and 'stewardctl status web.service' for details.\n",
  ],
])("%s", async (name, message, code, stderr) => {
  await listen((call) => call.fail(new DBusError(name, message)));
  expect(await stewardctl("--system", "start", "web")).toEqual({ stdout: "", stderr, code });
});

test("nobody there: what to do is said", async () => {
  await listen(() => {});
  server.close();
  const { code, stderr } = await stewardctl("--system", "is-active", "web");
  expect(code).toBe(1);
  expect(stderr).toContain("nobody listens on");
  expect(stderr).toContain("Start it with: stewardd");
});

test("what no manager is needed for works without one", async () => {
  await listen(() => {});
  const { code, stdout } = await stewardctl("--root", directory, "list-unit-files", "--no-legend");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
});
