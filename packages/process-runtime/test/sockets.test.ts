/** Socket units as the keeper opens them, held against what the genuine systemd opens (recorded/socket-options/record.sh). */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { loadUnitFromFiles } from "@steward/unit-file";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  buildSocketSpec,
  describePeer,
  encodeSocketSpec,
  ignoredLabel,
  type KeeperEvent,
  type SocketSpec,
  socketsStage,
} from "../src/index.ts";
import { type Bench, Keeper, type Manager, openBench, run, scratch, where } from "./harness.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.remove());

let count = 0;
type EventOf<K extends KeeperEvent["kind"]> = Extract<KeeperEvent, { kind: K }>;

function specOf(text: string, facts: { owner?: SocketSpec["owner"] } = {}): SocketSpec {
  const unit = loadUnitFromFiles("t.socket", [{ path: "t.socket", text }]);
  expect(unit.loadState).toBe("loaded");
  return buildSocketSpec(unit.settings.Socket, {
    owner: facts.owner ?? { uid: undefined, gid: undefined },
    interfaceIndex: () => undefined,
    hasIpv6: true,
  });
}

async function start(options: { mode?: "subreaper" | "network" } = {}): Promise<{
  keeper: Keeper;
  manager: Manager;
  directory: string;
}> {
  const keeper = Keeper.start(bench, options);
  onTestFinished(() => keeper.stop());
  return { keeper, manager: await keeper.manager(), directory: scratch(bench, `sockets-${++count}`) };
}

async function open(manager: Manager, set: number, spec: SocketSpec): Promise<EventOf<"socketsOpened">> {
  manager.client.send({ kind: "socketsOpen", set, unit: "t.socket", spec: encodeSocketSpec(spec) });
  return manager.events.find((e): e is EventOf<"socketsOpened"> => e.kind === "socketsOpened" && e.set === set);
}

const arm = (manager: Manager, set: number, flush = false): number =>
  manager.client.send({ kind: "socketsArm", set, on: true, flush });

/** Resolves when all that was sent before has been executed. */
async function settled(manager: Manager): Promise<void> {
  const path = join(bench.directory, `settled-${++count}`);
  manager.client.send({ kind: "lock", path });
  await manager.events.find((event) => event.kind === "locked" && event.path === path);
}

function connect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => resolve(socket));
    socket.once("error", reject);
    onTestFinished(() => {
      socket.destroy();
    });
  });
}

const recorded = join(import.meta.dirname, "recorded/socket-options");
const recordedText = readFileSync(join(recorded, "systemd-252.txt"), "utf8");
const canRun = process.getuid?.() === 0;

/** Owners of the recording: the names are the same on every Debian. */
const owners: Readonly<Record<string, SocketSpec["owner"]>> = {
  unix: { uid: 65534, gid: 1 },
  user: { uid: 1, gid: 1 },
};

/** What differs from machine to machine: the congestion control of the kernel. */
const comparable = (text: string): string => text.replace(/congestion=(?!reno)\S+/g, "congestion=default");

describe("the sockets of a unit are those that systemd opens", () => {
  for (const file of readdirSync(join(recorded, "units"))) {
    const name = file.replace(".socket", "");
    where(canRun, "root")(name, async () => {
      const { manager, directory } = await start({ mode: "network" });
      const text = readFileSync(join(recorded, "units", file), "utf8").replaceAll("/run/so", directory);
      const spec = specOf(text, owners[name] === undefined ? {} : { owner: owners[name] });
      const opened = await open(manager, 7, spec);
      // SO_PASSCRED and SO_PASSSEC are nothing that UDP knows: systemd warns of them too.
      expect(opened).toMatchObject({ errno: 0, ...(name === "udp" ? {} : { ignored: [] }) });
      const wanted = new RegExp(`== ${name}\\n([^=]*fds=[\\s\\S]*?)(?=\\n== |$)`).exec(recordedText)?.[1] ?? "";
      const names = /names=(\S*)/.exec(wanted)?.[1] ?? "";
      const out = join(directory, "out");
      manager.client.spawn(1, "t.service", {
        inputs: opened.fds.map((fd, i) => ({ kind: "fd", fd, register: 16 + i })),
        env: [
          { kind: "pid", text: "LISTEN_PID=" },
          { kind: "literal", text: `LISTEN_FDS=${opened.fds.length}` },
          { kind: "literal", text: `LISTEN_FDNAMES=${names}` },
        ],
        steps: [
          ...opened.fds.flatMap((_, i) => [
            { op: "dup" as const, register: 16 + i, fd: 3 + i, exitStatus: 202 },
            { op: "nonBlock" as const, fd: 3 + i, on: false, exitStatus: 202 },
          ]),
          { op: "exec", path: bench.program("sockopts"), argv: ["sockopts", out], exitStatus: 203 },
        ],
      });
      expect(await manager.event("exited", { token: 1 })).toMatchObject({ status: 0 });
      manager.client.send({ kind: "socketsClose", set: 7, remove: true });
      await settled(manager);
      const ours = readFileSync(out, "utf8").trimEnd().replaceAll(directory, "/run/so");
      // A path's length is part of the address: ours is another one here.
      const lengths = (lines: string): string => lines.replace(/(unix=\/\S+)\/\d+/g, "$1");
      expect(lengths(comparable(ours))).toBe(lengths(comparable(wanted.trimEnd())));
    });
  }
});

describe("opening", () => {
  test("is all or nothing, and says which failed", async () => {
    const { keeper, manager, directory } = await start();
    const spec = specOf(`[Socket]\nListenStream=${directory}/a\nListenStream=192.0.2.1:1\n`);
    expect(await open(manager, 1, spec)).toMatchObject({ stage: socketsStage.open, port: 1, errno: 99, fds: [] });
    manager.kill();
    expect((await keeper.manager()).client.recovery.sockets).toEqual([]);
  });

  test("repeated, answers with what is there; a set outlives the manager", async () => {
    const { keeper, manager, directory } = await start();
    const spec = specOf(`[Socket]\nListenStream=${directory}/a\nListenFIFO=${directory}/f\n`);
    const first = await open(manager, 3, spec);
    expect(first).toMatchObject({ errno: 0, unit: "t.socket" });
    manager.client.ack(first.seq);
    arm(manager, 3);
    await settled(manager);
    manager.kill();
    const next = await keeper.manager();
    expect(next.client.recovery.sockets).toMatchObject([{ set: 3, unit: "t.socket", armed: true, fds: first.fds }]);
    expect(next.client.recovery.fds).toEqual([]);
    expect((await open(next, 3, spec)).fds).toEqual(first.fds);
  });

  test("a stale socket is replaced, links and directories are made, RemoveOnStop= takes all away", async () => {
    const { manager, directory } = await start();
    const text = `[Socket]\nListenStream=${directory}/x/y/a\nDirectoryMode=0711\nSymlinks=${directory}/l1 ${directory}/z/l2\nRemoveOnStop=yes\n`;
    const spec = specOf(text);
    expect(await open(manager, 1, spec)).toMatchObject({ errno: 0, ignored: [] });
    manager.client.send({ kind: "socketsClose", set: 1, remove: false });
    expect(await open(manager, 2, spec)).toMatchObject({ errno: 0, ignored: [] });
    await connect(`${directory}/l1`);
    await connect(`${directory}/z/l2`);
    manager.client.send({ kind: "socketsClose", set: 2, remove: true });
    await settled(manager);
    expect(readdirSync(join(directory, "x/y"))).toEqual([]);
    expect([existsSync(join(directory, "l1")), readdirSync(join(directory, "z"))]).toEqual([false, []]);
  });

  where(canRun, "root")("no user of a directory leads it elsewhere", async () => {
    const { manager, directory } = await start();
    const elsewhere = scratch(bench, `elsewhere-${count}`);
    mkdirSync(join(directory, "own"));
    chmodSync(join(directory, "own"), 0o777);
    symlinkSync(elsewhere, join(directory, "own", "link"));
    const spec = specOf(`[Socket]\nListenStream=${directory}/own/link/a\n`);
    expect(await open(manager, 1, spec)).toMatchObject({ errno: 40 });
    expect(readdirSync(elsewhere)).toEqual([]);
    const fifo = specOf(`[Socket]\nListenFIFO=${directory}/own/link/f\n`);
    expect(await open(manager, 2, fifo)).toMatchObject({ errno: 40 });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("an option that the socket does not take is told, an owner who is not known fails it", async () => {
    const { manager, directory } = await start();
    const spec = specOf(`[Socket]\nListenStream=${directory}/a\nNoDelay=yes\nTCPCongestion=nothing\nPriority=1\n`);
    const opened = await open(manager, 1, spec);
    const [port = 0, index = 0] = opened.ignored;
    expect(ignoredLabel(spec, port, index)).toBe("TCP_NODELAY");
    expect(opened.ignored).toHaveLength(6);
    const owned = specOf(`[Socket]\nListenStream=${directory}/b\n`, { owner: { error: 3 } });
    expect(await open(manager, 2, owned)).toMatchObject({ stage: socketsStage.own, errno: 3, fds: [] });
  });

  test("what is malformed is refused", async () => {
    const { manager } = await start();
    const garbage = Buffer.from("0000000000000000000000000000");
    manager.client.send({ kind: "socketsOpen", set: 1, unit: "t.socket", spec: garbage });
    expect(await manager.event("socketsOpened")).toMatchObject({ errno: 71, fds: [] });
  });
});

describe("traffic", () => {
  test("is told once, until the set is armed again; what came meanwhile is not lost", async () => {
    const { keeper, manager, directory } = await start();
    await open(manager, 1, specOf(`[Socket]\nListenStream=${directory}/a\nListenStream=${directory}/b\n`));
    arm(manager, 1);
    await connect(`${directory}/b`);
    expect(await manager.event("socketReady")).toMatchObject({ set: 1, port: 1, events: 1, errno: 0 });
    await connect(`${directory}/a`);
    await settled(manager);
    expect(manager.events.all.filter((event) => event.kind === "socketReady")).toHaveLength(1);
    manager.kill();
    const next = await keeper.manager();
    // Not acknowledged: told again. Armed anew: both sockets still have somebody waiting.
    await next.event("socketReady");
    arm(next, 1);
    await next.events.find((event) => event.kind === "socketReady", 1);
  });

  test("FlushPending= sends away who waits", async () => {
    const { manager, directory } = await start();
    await open(manager, 1, specOf(`[Socket]\nListenStream=${directory}/a\nListenFIFO=${directory}/f\n`));
    const waiting = await connect(`${directory}/a`);
    const closed = new Promise((resolve) => waiting.once("close", resolve));
    waiting.resume();
    writeFileSync(`${directory}/f`, "data");
    arm(manager, 1, true);
    await closed;
    await settled(manager);
    expect(manager.events.all.filter((event) => event.kind === "socketReady")).toEqual([]);
    await connect(`${directory}/a`);
    await manager.event("socketReady");
  });

  test("a file that cannot be waited for is told when it is to be", async () => {
    const { manager, directory } = await start();
    writeFileSync(join(directory, "plain"), "");
    expect(await open(manager, 1, specOf(`[Socket]\nListenSpecial=${directory}/plain\n`))).toMatchObject({ errno: 0 });
    arm(manager, 1);
    expect(await manager.event("socketReady")).toMatchObject({ errno: 1 });
  });
});

describe("Accept=yes", () => {
  test("each connection is handed over once, and kept through the manager's death", async () => {
    const { keeper, manager, directory } = await start();
    const spec = specOf(`[Socket]\nListenStream=${directory}/a\nAccept=yes\n`);
    await open(manager, 1, spec);
    arm(manager, 1);
    const client = await connect(`${directory}/a`);
    const accepted = await manager.event("socketAccepted");
    const peer = describePeer(accepted);
    expect(peer).toMatchObject({ instance: `${process.pid}-${process.getuid?.()}`, address: "" });
    manager.kill();
    await connect(`${directory}/a`); // waits in the kernel: nobody is refused
    const next = await keeper.manager();
    const again = await next.event("socketAccepted");
    expect(again).toMatchObject({ seq: accepted.seq, fd: accepted.fd });
    const second = await next.events.find(
      (e): e is EventOf<"socketAccepted"> => e.kind === "socketAccepted" && e.fd !== accepted.fd,
    );
    next.client.spawn(1, "t@0.service", {
      inputs: [{ kind: "fd", fd: again.fd, register: 16 }],
      env: [],
      steps: [
        { op: "dup", register: 16, fd: 1, exitStatus: 202 },
        { op: "exec", path: "/bin/echo", argv: ["echo", "hello"], exitStatus: 203 },
      ],
    });
    const text = new Promise<string>((resolve) => client.once("data", (data) => resolve(String(data))));
    expect(await text).toBe("hello\n");
    next.client.ack(second.seq);
    const closed = new Promise((resolve) => client.once("close", resolve));
    next.client.send({ kind: "closeFd", fd: again.fd });
    await closed;
  });

  test("no more are taken than the manager records", async () => {
    const { manager, directory } = await start();
    await open(manager, 1, specOf(`[Socket]\nListenStream=${directory}/a\nAccept=yes\n`));
    arm(manager, 1);
    for (let i = 0; i < 70; i++) await connect(`${directory}/a`);
    await settled(manager);
    const taken = (): EventOf<"socketAccepted">[] =>
      manager.events.all.filter((event): event is EventOf<"socketAccepted"> => event.kind === "socketAccepted");
    expect(taken()).toHaveLength(64);
    manager.client.ack(taken()[63]?.seq ?? 0);
    await manager.events.find(() => taken().length === 70);
  });

  where(canRun, "root")("addresses are known of IPv4 and IPv6", async () => {
    const { manager } = await start({ mode: "network" });
    await open(manager, 1, specOf("[Socket]\nListenStream=4199\nAccept=yes\n"));
    arm(manager, 1);
    const client = (token: number, host: string): number =>
      manager.client.spawn(token, "c.service", run(["/bin/bash", "-c", `exec 3<>/dev/tcp/${host}/4199; read x <&3`]));
    const peers: ReturnType<typeof describePeer>[] = [];
    const seen = new Set<number>();
    for (const [i, host] of ["127.0.0.1", "::1"].entries()) {
      client(i + 1, host);
      const event = await manager.events.find((e) => e.kind === "socketAccepted" && !seen.has(e.seq));
      if (event.kind !== "socketAccepted") throw new Error("not a connection");
      seen.add(event.seq);
      peers.push(describePeer(event));
    }
    const [four, six] = peers;
    expect(four).toMatchObject({ address: "127.0.0.1", shown: `127.0.0.1:${four?.port}` });
    expect(four?.instance).toBe(`127.0.0.1:4199-127.0.0.1:${four?.port}`);
    expect(six).toMatchObject({ address: "::1", shown: `[::1]:${six?.port}`, instance: `::1:4199-::1:${six?.port}` });
  });
});
