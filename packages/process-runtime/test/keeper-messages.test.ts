import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { datagramSource, type KeeperEvent, listenerKind } from "../src/index.ts";
import { type Bench, Keeper, type Manager, openBench, run, scratch, where } from "./harness.ts";

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.remove());

const none = 0xffff_ffff;
let count = 0;

async function listening(
  kind: keyof typeof listenerKind,
  options: { journal?: boolean } = {},
): Promise<{ keeper: Keeper; manager: Manager; path: string }> {
  const keeper = Keeper.start(bench, options);
  onTestFinished(() => keeper.stop());
  const manager = await keeper.manager();
  const path = join(scratch(bench, `socket-${++count}`), "s");
  manager.client.send({
    kind: "listen",
    id: "l",
    listener: listenerKind[kind],
    path,
    mode: 0o666,
    uid: none,
    gid: none,
  });
  expect(await manager.event("listening")).toMatchObject({ id: "l", errno: 0 });
  return { keeper, manager, path };
}

const text = (event: KeeperEvent): string => ("data" in event ? Buffer.from(event.data).toString() : "");

/** sd_notify(3) in the shell of a service: the program that systemd's own package brings. */
const hasNotify = existsSync("/usr/bin/systemd-notify");
const hasLogger = existsSync("/usr/bin/logger");

describe("notifications", () => {
  where(hasNotify, "systemd-notify")(
    "come with unit, token and credentials, before the exit of their sender",
    async () => {
      const { manager, path } = await listening("notify");
      const env = [`NOTIFY_SOCKET=${path}`];
      manager.client.spawn(
        1,
        "a.service",
        run(["/usr/bin/systemd-notify", "--no-block", "READY=1", "STATUS=here"], { env }),
      );
      await manager.event("exited", { token: 1 });
      const kinds = manager.events.all
        .map((event) => event.kind)
        .filter((kind) => kind === "notify" || kind === "exited");
      expect(kinds).toEqual(["notify", "exited"]);
      const { pid } = await manager.event("spawned");
      const notify = await manager.event("notify");
      expect(notify).toMatchObject({ listener: "l", group: "a.service", token: 1, pid, uid: process.getuid?.() });
      expect(text(notify).split("\n")).toEqual(expect.arrayContaining(["READY=1", "STATUS=here"]));
    },
  );

  where(hasNotify, "systemd-notify")("of an orphan belong to the unit, though its parents are gone", async () => {
    const { manager, path } = await listening("notify");
    const env = [`NOTIFY_SOCKET=${path}`];
    const program = "(setsid systemd-notify --no-block READY=1 &) ; exit 0";
    manager.client.spawn(1, "a.service", run(["/bin/sh", "-c", program], { env }));
    const notify = await manager.event("notify");
    expect(notify).toMatchObject({ group: "a.service" });
  });

  where(hasNotify, "systemd-notify")("a barrier opens when its message is recorded, not before", async () => {
    const { manager, path } = await listening("notify");
    const env = [`NOTIFY_SOCKET=${path}`];
    // Without --no-block it waits until the descriptor of its BARRIER=1 message is closed.
    manager.client.spawn(1, "a.service", run(["/usr/bin/systemd-notify", "READY=1"], { env }));
    const barrier = await manager.events.find(
      (event): event is Extract<KeeperEvent, { kind: "notify" }> =>
        event.kind === "notify" && text(event).includes("BARRIER=1"),
    );
    expect(barrier.fds).toHaveLength(1);
    manager.client.send({ kind: "closeFd", fd: barrier.fds[0] as number });
    manager.client.send({ kind: "lock", path: join(bench.directory, `barrier-${++count}`) });
    await manager.event("locked");
    expect(manager.events.all.some((event) => event.kind === "exited")).toBe(false);
    manager.client.ack(barrier.seq);
    expect(await manager.event("exited")).toMatchObject({ status: 0 });
  });

  where(hasNotify, "systemd-notify")("sent while there is no manager reach the next one, once", async () => {
    const { keeper, manager, path } = await listening("notify");
    const env = [`NOTIFY_SOCKET=${path}`];
    const fifo = join(scratch(bench, `fifo-${++count}`), "f");
    execFileSync("mkfifo", [fifo]);
    manager.client.spawn(
      1,
      "a.service",
      run(["/bin/sh", "-c", `read x < ${fifo}; for i in 1 2 3; do systemd-notify --no-block STATUS=$i; done`], { env }),
    );
    await manager.event("execOk");
    manager.kill();
    const writer = spawn("sh", ["-c", `echo > ${fifo}`]);
    await new Promise((resolve) => writer.once("exit", resolve));
    const next = await keeper.manager();
    await next.event("exited");
    const notified = next.events.all
      .filter((event) => event.kind === "notify")
      .map((event) => /STATUS=\d/.exec(text(event))?.[0]);
    expect(notified).toEqual(["STATUS=1", "STATUS=2", "STATUS=3"]);
  });
});

describe("connections", () => {
  test("are relayed both ways, with the peer's credentials", async () => {
    const { manager, path } = await listening("control");
    const client = createConnection(path);
    onTestFinished(() => void client.destroy());
    const opened = await manager.event("connOpened");
    expect(opened).toMatchObject({ seq: 0, listener: "l", pid: process.pid, uid: process.getuid?.() });
    client.write("question");
    expect(text(await manager.event("connData"))).toBe("question");
    const answer = Buffer.alloc(3_000_000, "x");
    manager.client.connSend(opened.conn, answer);
    manager.client.send({ kind: "connClose", conn: opened.conn });
    let got = 0;
    for await (const chunk of client) got += (chunk as Buffer).length;
    expect(got).toBe(answer.length);
  });

  test("end with their manager; new ones wait for the next", async () => {
    const { keeper, manager, path } = await listening("control");
    const first = createConnection(path);
    await manager.event("connOpened");
    const closed = new Promise((resolve) => first.once("close", resolve));
    first.resume();
    manager.kill();
    await closed;
    const second = createConnection(path);
    onTestFinished(() => void second.destroy());
    second.write("hello");
    const next = await keeper.manager();
    expect(text(await next.event("connData"))).toBe("hello");
    expect(next.events.all.filter((event) => event.kind === "connOpened")).toHaveLength(1);
  });

  test("a client that goes away is told", async () => {
    const { manager, path } = await listening("control");
    const client = createConnection(path);
    const { conn } = await manager.event("connOpened");
    client.end();
    expect(await manager.event("connClosed")).toMatchObject({ conn });
  });

  test("a dead socket file is replaced, a live one is refused", async () => {
    const { keeper, manager, path } = await listening("control");
    const other = Keeper.start(bench);
    onTestFinished(() => other.stop());
    const second = await other.manager();
    const listen = {
      kind: "listen",
      id: "l",
      listener: listenerKind.control,
      path,
      mode: 0o600,
      uid: none,
      gid: none,
    } as const;
    second.client.send(listen);
    expect(await second.event("listening")).toMatchObject({ errno: 98 });
    manager.client.send(listen); // the same again: it is there already
    expect(await manager.events.find((event) => event.kind === "listening", 1)).toMatchObject({ errno: 0 });
    keeper.child.kill("SIGKILL");
    await keeper.exited;
    second.client.send(listen);
    expect(await second.events.find((event) => event.kind === "listening", 1)).toMatchObject({ errno: 0 });
  });
});

describe("logs", () => {
  test("a stream: bytes in order, who wrote them, its metadata, its end", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal();
    const plan = run(["/bin/sh", "-c", "echo one; /bin/echo two; echo three >&2"], { log: 7 });
    manager.client.spawn(1, "a.service", plan);
    await journal.messages.find((message) => message.kind === "streamEof");
    expect(journal.text(7)).toBe("one\ntwo\nthree\n");
    const data = journal.messages.all.filter((message) => message.kind === "streamData");
    const { pid } = await manager.event("spawned");
    expect(data[0]).toMatchObject({
      stream: 7,
      offset: 0,
      pid,
      comm: "sh",
      group: "a.service",
      uid: process.getuid?.(),
    });
    expect(data.find((message) => Buffer.from(message.data).toString() === "two\n")?.pid).not.toBe(pid);
    const open = journal.messages.all.find((message) => message.kind === "streamOpen");
    expect(Buffer.from(open?.metadata ?? []).toString()).toBe("_STREAM_ID=7\n");
  });

  test("JOURNAL_STREAM names the descriptor", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal();
    const plan = run(["/bin/sh", "-c", 'echo "$JOURNAL_STREAM"; stat -L -c %d:%i /proc/self/fd/1'], { log: 1 });
    manager.client.spawn(1, "a", {
      ...plan,
      env: [...plan.env, { kind: "inode", text: "JOURNAL_STREAM=", register: 3 }],
    });
    await journal.messages.find((message) => message.kind === "streamEof");
    const [told, seen] = journal.text(1).split("\n");
    expect(told).toBe(seen);
    expect(told).toMatch(/^\d+:\d+$/);
  });

  test("a silent stream is never opened", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal();
    manager.client.spawn(1, "a", run(["/bin/true"], { log: 1 }));
    await manager.empty("a", 1);
    manager.client.send({ kind: "log", entry: Buffer.from("MESSAGE=x\n") });
    await journal.messages.find((message) => message.kind === "datagram");
    expect(journal.messages.all.map((message) => message.kind)).toEqual(["journalHello", "datagram"]);
  });

  test("a journal process that does not acknowledge slows the writer, and the next one gets every byte", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal(false);
    manager.client.spawn(1, "a", run(["/usr/bin/seq", "1", "200000"], { log: 1 }));
    await journal.messages.find((message) => message.kind === "streamData" && message.offset >= 40_000);
    expect(manager.events.all.some((event) => event.kind === "exited")).toBe(false);
    journal.kill();
    const next = await keeper.journal();
    expect(await manager.event("journalDied")).toMatchObject({ code: 2, status: 9 });
    expect(await manager.event("exited")).toMatchObject({ status: 0 });
    await next.messages.find((message) => message.kind === "streamEof");
    const wanted = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join("");
    expect(next.text(1) === wanted).toBe(true);
  });

  test("an acknowledged part is not sent again", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal(false);
    manager.client.spawn(1, "a", run(["/bin/sh", "-c", "echo abcdef; read x"], { log: 1 }));
    await journal.messages.find((message) => message.kind === "streamData");
    journal.send({ kind: "streamAck", stream: 1, offset: 4 });
    journal.send({ kind: "streamAck", stream: 999, offset: 4 }); // unknown: harmless
    journal.socket.end();
    const next = await keeper.journal();
    const data = await next.messages.find((message) => message.kind === "streamData");
    expect(data).toMatchObject({ offset: 4 });
    expect(next.text(1)).toBe("ef\n");
  });

  test("the manager's own entries and the configuration", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal(false);
    manager.client.send({ kind: "journalConfig", config: Buffer.from("dir=x") });
    manager.client.send({ kind: "log", entry: Buffer.from("MESSAGE=1\n") });
    manager.client.send({ kind: "log", entry: Buffer.from("MESSAGE=2\n") });
    await journal.messages.find((message) => message.kind === "datagram" && message.seq === 2);
    journal.send({ kind: "datagramAck", source: datagramSource.manager, seq: 1 });
    journal.socket.end();
    const next = await keeper.journal();
    await next.messages.find((message) => message.kind === "datagram");
    expect(next.messages.all).toMatchObject([
      { kind: "journalHello", generation: 2 },
      { kind: "config", config: Buffer.from("dir=x") },
      { kind: "datagram", source: datagramSource.manager, seq: 2, data: Buffer.from("MESSAGE=2\n") },
    ]);
  });

  where(hasLogger, "logger")("native and syslog messages name their sender", async () => {
    const { keeper, manager, path } = await listening("logNative", { journal: true });
    const journal = await keeper.journal();
    const syslog = join(bench.directory, `syslog-${++count}`);
    manager.client.send({
      kind: "listen",
      id: "s",
      listener: listenerKind.logSyslog,
      path: syslog,
      mode: 0o666,
      uid: none,
      gid: none,
    });
    manager.client.spawn(1, "a.service", run(["/usr/bin/logger", "-u", syslog, "-t", "me", "hello"]));
    manager.client.spawn(2, "b.service", run(["/usr/bin/logger", "-u", path, "-t", "me", "native"]));
    const first = await journal.messages.find(
      (message) => message.kind === "datagram" && message.source === datagramSource.syslog,
    );
    const second = await journal.messages.find(
      (message) => message.kind === "datagram" && message.source === datagramSource.native,
    );
    expect(first).toMatchObject({ comm: "logger", group: "a.service", seq: 1 });
    expect(second).toMatchObject({ comm: "logger", group: "b.service", seq: 1 });
    expect("data" in first && Buffer.from(first.data).toString()).toContain("hello");
  });

  test("a program may open a stream itself, by journald's stdout protocol", async () => {
    const { keeper, path } = await listening("logStdout", { journal: true });
    const journal = await keeper.journal();
    const client = createConnection(path);
    client.write("ident\nunit.service\n5\n1\n0\n0\n");
    client.write("0\n<3>first\nsecond\n");
    client.end();
    const end = await journal.messages.find((message) => message.kind === "streamEof");
    const open = await journal.messages.find((message) => message.kind === "streamOpen");
    const metadata = "metadata" in open ? Buffer.from(open.metadata).toString() : "";
    expect(metadata).toContain("SYSLOG_IDENTIFIER=ident\nPRIORITY=5\n");
    expect(metadata).toContain(".level-prefix=1\n");
    expect("stream" in end && journal.text(end.stream)).toBe("<3>first\nsecond\n");
  });

  test("exit waits for the logs, though the journal process dies meanwhile", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal(false);
    manager.client.spawn(1, "a", run(["/bin/echo", "last words"], { log: 1 }));
    await manager.empty("a", 1);
    manager.client.send({ kind: "exit", status: 4 });
    await journal.messages.find((message) => message.kind === "streamData");
    journal.kill();
    const next = await keeper.journal();
    expect(await keeper.exited).toBe(4);
    expect(next.text(1)).toBe("last words\n");
  });

  test("exit waits until the logs are acknowledged", async () => {
    const keeper = Keeper.start(bench, { journal: true });
    onTestFinished(() => keeper.stop());
    const manager = await keeper.manager();
    const journal = await keeper.journal(false);
    manager.client.spawn(1, "a", run(["/bin/echo", "last words"], { log: 1 }));
    await manager.empty("a", 1);
    manager.client.send({ kind: "exit", status: 4 });
    const end = await journal.messages.find((message) => message.kind === "streamEof");
    expect(keeper.child.exitCode).toBe(null);
    journal.ack(end);
    expect(await keeper.exited).toBe(4);
  });
});
