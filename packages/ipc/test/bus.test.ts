/** Against a genuine dbus-daemon, in a directory of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { busPath, joinBus, type Message, messageTypes, ObjectTree, serveOnBus } from "../src/index.ts";

const hasBus = ((): boolean => {
  try {
    execFileSync("dbus-daemon", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.each([
  ["system", {}, "/run/dbus/system_bus_socket"],
  ["system", { DBUS_SYSTEM_BUS_ADDRESS: "unix:path=/x%20y,guid=1" }, "/x y"],
  ["session", { XDG_RUNTIME_DIR: "/run/user/1" }, "/run/user/1/bus"],
  ["session", { DBUS_SESSION_BUS_ADDRESS: "tcp:host=a;unix:abstract=/tmp/b" }, "@/tmp/b"],
  ["session", {}, undefined],
] as const)("the %s bus with %j is at %s", (kind, env, path) => {
  expect(busPath(kind, env)).toBe(path);
});

describe.skipIf(!hasBus)("a dbus-daemon, where one is installed (package dbus-daemon)", () => {
  const directory = mkdtempSync(join(tmpdir(), "bus-"));
  const path = join(directory, "bus");
  let daemon: ChildProcess;

  beforeAll(async () => {
    const config = join(directory, "conf");
    writeFileSync(
      config,
      `<busconfig><listen>unix:path=${path}</listen><auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
    );
    daemon = spawn("dbus-daemon", ["--nofork", "--nopidfile", `--config-file=${config}`, "--print-address=1"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => daemon.stdout!.once("data", resolve));
  });

  afterAll(() => {
    daemon.kill();
    rmSync(directory, { recursive: true });
  });

  test("names, calls to us, signals and credentials", async () => {
    const calls: Message[] = [];
    const server = await joinBus({ path, onCall: (message) => void serve(message) });
    const serve = (message: Message): void => {
      calls.push(message);
      const header = {
        type: messageTypes.methodReturn,
        flags: 1,
        serial: 0,
        replySerial: message.serial,
        destination: message.sender!,
        signature: "s",
      };
      server.connection.send(header, ["pong"]);
    };
    expect(await server.requestName("org.example.Steward")).toBe("owner");
    const client = await joinBus({ path });
    expect(await client.requestName("org.example.Steward")).toBe("exists");
    const reply = await client.connection.call({
      destination: "org.example.Steward",
      path: "/a",
      interface: "a.b",
      member: "Ping",
    });
    expect(reply).toEqual(["pong"]);
    expect(calls[0]!.sender).toBe(client.uniqueName);
    expect(await server.credentialsOf(client.uniqueName)).toMatchObject({ uid: process.getuid!(), pid: process.pid });
    await client.addMatch("type='signal',interface='a.b'");
    const heard = new Promise<Message>((resolve) =>
      client.connection.onSignal((signal) => signal.interface === "a.b" && resolve(signal)),
    );
    server.connection.send(
      {
        type: messageTypes.signal,
        flags: 1,
        serial: 0,
        path: "/a",
        interface: "a.b",
        member: "Changed",
        signature: "u",
      },
      [7],
    );
    expect((await heard).body()).toEqual([7]);
    client.connection.close();
    server.connection.close();
  });

  test("an object tree serves a name, knows its callers", async () => {
    const tree = new ObjectTree();
    const declaration = {
      name: "org.example.Who",
      methods: { Am: { in: [], out: [["uid", "u"]] } },
      properties: {},
      signals: {},
    } as const;
    tree.add("/who", {}, [{ declaration, methods: { Am: (_target, _args, { peer }) => peer.uid } }]);
    const server = await serveOnBus({ path, name: "org.example.Who", onCall: (call) => tree.handle(call) });
    expect(server.reply).toBe("owner");
    const client = await joinBus({ path });
    const call = (member: string) =>
      client.connection.call({ destination: "org.example.Who", path: "/who", interface: "org.example.Who", member });
    expect(await Promise.all([call("Am"), call("Am")])).toEqual([[process.getuid!()], [process.getuid!()]]);
    await expect(call("Nobody")).rejects.toMatchObject({ errorName: "org.freedesktop.DBus.Error.UnknownMethod" });
    await client.addMatch("type='signal',interface='org.example.Who'");
    const heard = new Promise<Message>((resolve) => {
      client.connection.onSignal((signal) => {
        if (signal.interface === "org.example.Who") resolve(signal);
      });
    });
    server.emit({ path: "/who", interface: "org.example.Who", member: "Changed" });
    expect((await heard).member).toBe("Changed");
    client.connection.close();
    server.bus.connection.close();
  });
});
