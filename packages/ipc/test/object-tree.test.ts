import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  busLabelUnescape,
  type ClientConnection,
  connectBus,
  DBusError,
  type Interface,
  type InterfaceDeclaration,
  ObjectTree,
  propertiesChanged,
  ServerConnection,
  unservedMembers,
  variant,
} from "../src/index.ts";

const declaration: InterfaceDeclaration = {
  name: "org.example.Counter",
  methods: {
    Add: { in: [["amount", "u"]], out: [["total", "u"]] },
    Pair: {
      in: [],
      out: [
        ["a", "s"],
        ["b", "s"],
      ],
    },
    Fail: { in: [], out: [] },
    Break: { in: [], out: [["x", "u"]] },
    Later: { in: [], out: [] },
  },
  properties: {
    Total: { signature: "u", emits: "true" },
    Step: { signature: "u", writable: true },
    Name: { signature: "s", emits: "const" },
    Slow: { signature: "s" },
    Unbound: { signature: "s" },
  },
  signals: { Changed: { args: [["total", "u"]] } },
};

interface Counter {
  total: number;
  step: number;
  name: string;
}

const counter: Interface<Counter> = {
  declaration,
  methods: {
    Add: (target, [amount]) => (target.total += Number(amount)),
    Pair: async () => ["left", "right"],
    Fail: () => new DBusError("org.example.No", "not today"),
    Break: () => "text",
  },
  get: { Total: ({ total }) => total, Step: ({ step }) => step, Slow: async () => "late" },
  set: {
    Step: (target, value) => {
      target.step = Number(value);
    },
  },
  list: ({ name }) => [{ name: "Name", signature: "s", value: name }],
};

const extra: Interface<Counter> = {
  declaration: { name: "org.example.Extra", methods: {}, properties: { More: { signature: "b" } }, signals: {} },
  get: { More: () => true },
};

const directory = mkdtempSync(join(tmpdir(), "ipc-"));
const path = join(directory, "bus");
const connections = new Set<ServerConnection>();
const errors: unknown[] = [];
const tree = new ObjectTree({ machineId: () => "m".repeat(32), onError: (error) => errors.push(error) });
let server: Server;
let bus: ClientConnection;

beforeAll(async () => {
  tree.add("/one", { total: 1, step: 1, name: "one" }, [counter, extra]);
  const named = (rest: string) =>
    rest.startsWith("_6e")
      ? undefined
      : { target: { total: 0, step: 1, name: busLabelUnescape(rest) }, interfaces: [counter] };
  tree.addPrefix("/unit", named, () => ["foo_2eservice"]);
  server = createServer((socket) => {
    const connection = new ServerConnection({
      peer: { uid: 0, gid: 0, pid: 0 },
      guid: "0".repeat(32),
      onCall: (call) => tree.handle(call),
      send: (bytes) => socket.write(bytes),
      close: () => socket.destroySoon(),
    });
    connections.add(connection);
    socket.on("data", (bytes) => connection.feed(bytes));
    socket.on("error", () => connection.end());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  bus = connectBus({ path });
});

afterAll(() => {
  bus.close();
  server.close();
  rmSync(directory, { recursive: true });
});

const call = (
  object: string,
  member: string,
  signature = "",
  body: readonly never[] | readonly unknown[] = [],
  name = "org.example.Counter",
) => bus.call({ path: object, interface: name, member, signature, body: body as never });
const properties = (object: string, member: string, signature: string, ...body: readonly unknown[]) =>
  call(object, member, signature, body, "org.freedesktop.DBus.Properties");

describe("methods", () => {
  test("one output is a value, several are a list", async () => {
    expect(await call("/one", "Add", "u", [4])).toEqual([5]);
    expect(await call("/one", "Pair")).toEqual(["left", "right"]);
  });

  test.each([
    ["an error that was returned", "/one", "Fail", "", [], "org.example.No", "not today"],
    [
      "a value that does not fit",
      "/one",
      "Break",
      "",
      [],
      "org.freedesktop.DBus.Error.InvalidArgs",
      "expected an integer",
    ],
    [
      "a method without code",
      "/one",
      "Later",
      "",
      [],
      "org.freedesktop.DBus.Error.UnknownMethod",
      "Unknown method Later",
    ],
    ["no such object", "/two", "Add", "u", [1], "org.freedesktop.DBus.Error.UnknownObject", "Unknown object '/two'."],
    [
      "an object that its resolver does not know",
      "/unit/_6eope",
      "Add",
      "u",
      [1],
      "org.freedesktop.DBus.Error.UnknownObject",
      "Unknown object",
    ],
    [
      "wrong arguments",
      "/one",
      "Add",
      "s",
      ["x"],
      "org.freedesktop.DBus.Error.InvalidArgs",
      "Invalid arguments 's' to call org.example.Counter.Add(), expecting 'u'.",
    ],
  ])("%s", async (_, object, member, signature, body, errorName, message) => {
    await expect(call(object, member, signature, body)).rejects.toMatchObject({
      errorName,
      message: expect.stringContaining(message),
    });
  });
});

describe("properties", () => {
  test("come from getters and lists, one by one", async () => {
    expect(await properties("/one", "Get", "ss", "org.example.Counter", "Name")).toEqual([variant("s", "one")]);
    expect(await properties("/one", "Get", "ss", "", "More")).toEqual([variant("b", true)]);
    expect(await properties("/unit/foo_2eservice", "Get", "ss", "", "Name")).toEqual([variant("s", "foo.service")]);
  });

  test("GetAll of the empty name is the union, in the declared order, without what nobody serves", async () => {
    const [all] = (await properties("/one", "GetAll", "s", "")) as [Map<string, unknown>];
    expect([...all.keys()]).toEqual(["Total", "Step", "Name", "Slow", "More"]);
    expect(all.get("Slow")).toEqual(variant("s", "late"));
    const [own] = (await properties("/one", "GetAll", "s", "org.example.Extra")) as [Map<string, unknown>];
    expect([...own.keys()]).toEqual(["More"]);
  });

  test("Set checks type and right", async () => {
    await properties("/one", "Set", "ssv", "org.example.Counter", "Step", variant("u", 9));
    expect(await properties("/one", "Get", "ss", "org.example.Counter", "Step")).toEqual([variant("u", 9)]);
    const refused = properties("/one", "Set", "ssv", "org.example.Counter", "Total", variant("u", 9));
    await expect(refused).rejects.toMatchObject({ errorName: "org.freedesktop.DBus.Error.PropertyReadOnly" });
    const wrong = properties("/one", "Set", "ssv", "org.example.Counter", "Step", variant("s", "9"));
    await expect(wrong).rejects.toMatchObject({ errorName: "org.freedesktop.DBus.Error.InvalidArgs" });
  });

  test("changes are told to who listens", async () => {
    const heard = new Promise<unknown[]>((resolve) => {
      const stop = bus.onSignal((signal) => {
        stop();
        resolve(signal.body());
      });
    });
    for (const connection of connections)
      connection.emit(propertiesChanged("/one", "org.example.Counter", [["Total", variant("u", 3)]], ["Step"]));
    expect(await heard).toEqual(["org.example.Counter", new Map([["Total", variant("u", 3)]]), ["Step"]]);
  });
});

describe("standard interfaces", () => {
  test("Peer", async () => {
    expect(await call("/any", "Ping", "", [], "org.freedesktop.DBus.Peer")).toEqual([]);
    expect(await call("/any", "GetMachineId", "", [], "org.freedesktop.DBus.Peer")).toEqual(["m".repeat(32)]);
  });

  test("introspection shows members and children", async () => {
    const [xml] = await call("/one", "Introspect", "", [], "org.freedesktop.DBus.Introspectable");
    expect(xml).toContain('<property name="Step" type="u" access="readwrite"/>');
    expect(xml).toContain('<annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="const"/>');
    expect((await call("/unit", "Introspect", "", [], "org.freedesktop.DBus.Introspectable"))[0]).toContain(
      '<node name="foo_2eservice"/>',
    );
    expect((await call("/", "Introspect", "", [], "org.freedesktop.DBus.Introspectable"))[0]).toContain(
      '<node name="one"/>',
    );
  });
});

test("what is declared and not bound can be told", () => {
  expect(unservedMembers(counter, new Set(["Name"]))).toEqual(["Later", "Unbound"]);
});

test("a client that sends garbage is dropped, the others are not", async () => {
  const { connect } = await import("node:net");
  const bad = connect(path);
  bad.on("error", () => {});
  bad.resume();
  bad.write("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\nthis is no message at all, and long enough");
  await new Promise((resolve) => bad.on("close", resolve));
  expect(await call("/one", "Ping", "", [], "org.freedesktop.DBus.Peer")).toEqual([]);
});

const busctl = ((): string | undefined => {
  try {
    return execFileSync("busctl", ["--version"], { encoding: "utf8" });
  } catch {
    return undefined;
  }
})();

test.skipIf(busctl === undefined)(
  "busctl, where it is installed (package systemd), calls and introspects",
  async () => {
    const { execFile } = await import("node:child_process");
    const run = (...args: string[]) =>
      new Promise<string>((resolve, reject) =>
        execFile("busctl", [`--address=unix:path=${path}`, ...args], (error, stdout, stderr) =>
          error ? reject(new Error(stderr)) : resolve(stdout),
        ),
      );
    expect(await run("call", "org.example", "/one", "org.example.Counter", "Pair")).toBe('ss "left" "right"\n');
    expect(await run("get-property", "org.example", "/one", "org.example.Counter", "Name")).toBe('s "one"\n');
    expect(await run("introspect", "org.example", "/one", "org.example.Counter")).toContain(".Add ");
  },
);
