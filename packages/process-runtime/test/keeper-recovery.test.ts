/**
 * Kill at every frame: the manager, then the journal process, is killed after its N-th frame in either direction, for every N of a busy
 * run. Each run has to end like the one without a kill: every event once and in order, every process started once, every log line once.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, vi } from "vitest";
import {
  decodeEvent,
  type ExecPlan,
  encodeCommand,
  encodePlan,
  FrameDecoder,
  type KeeperCommand,
  type KeeperEvent,
  listenerKind,
} from "../src/index.ts";
import { type Bench, Journal, Keeper, openBench, run, scratch, where } from "./harness.ts";

vi.setConfig({ testTimeout: 180_000 });

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.remove());

const none = 0xffff_ffff;
const hasNotify = existsSync("/usr/bin/systemd-notify");
const units = [1, 2, 3, 4];

/** A manager as the rules want it: it records before it acts, and goes on from its record. */
class RecordingManager {
  readonly commands: { number: number; command: KeeperCommand }[] = [];
  readonly events = new Map<number, KeeperEvent>();
  readonly pids = new Map<number, Set<number>>();
  inventories = 0;
  private next = 1;
  private done: () => void = () => {};
  readonly finished: Promise<void>;
  private readonly kills: readonly number[];
  frames = 0;

  constructor(kills: readonly number[], starts: readonly KeeperCommand[]) {
    this.kills = kills;
    this.finished = new Promise((resolve) => {
      this.done = resolve;
    });
    for (const command of starts) this.record(command);
  }

  private record(command: KeeperCommand): { number: number; command: KeeperCommand } {
    const entry = { number: this.next++, command };
    this.commands.push(entry);
    return entry;
  }

  /** One generation, until its kill or the end. */
  attach(socket: Socket): void {
    const decoder = new FrameDecoder();
    let alive = true;
    let synced = false;
    let last = 0;
    const counts = (): boolean => {
      if (!alive) return false;
      this.frames += 1;
      if (!this.kills.includes(this.frames)) return true;
      alive = false;
      socket.destroy();
      return false;
    };
    const send = (number: number, command: KeeperCommand): void => {
      if (number !== 0 && number <= last) return;
      const bytes = encodeCommand(number, command);
      // The frame at which it is killed is written by half: the keeper has to drop what is not whole.
      if (this.kills.includes(this.frames + 1)) socket.write(bytes.subarray(0, bytes.length >> 1));
      if (counts()) socket.write(bytes);
    };
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      if (!alive) return;
      for (const frame of decoder.push(chunk)) {
        if (!counts()) return;
        const event = decodeEvent(frame);
        if (event.kind === "hello") last = event.lastCommand;
        if (event.kind === "rowToken" && event.pid > 0) this.sawPid(event.token, event.pid);
        if (event.kind === "inventoryEnd") {
          synced = true;
          this.inventories += 1;
          for (const { number, command } of [...this.commands]) send(number, command);
        }
        if (event.seq === 0 || !synced) continue;
        if (this.events.has(event.seq)) expect(this.events.get(event.seq)).toEqual(event);
        else {
          this.events.set(event.seq, event);
          this.react(event, send);
        }
        send(0, { kind: "ack", seq: event.seq });
      }
      if (this.isComplete()) this.done();
    });
  }

  private sawPid(token: number, pid: number): void {
    const seen = this.pids.get(token) ?? new Set();
    this.pids.set(token, seen.add(pid));
  }

  /** What a manager does about an event: here, it ends what said that it is ready, and tidies up what ended. */
  private react(event: KeeperEvent, send: (number: number, command: KeeperCommand) => void): void {
    const act = (command: KeeperCommand): void => {
      const { number } = this.record(command);
      send(number, command);
    };
    if (event.kind === "spawned") this.sawPid(event.token, event.pid);
    // systemd-notify waits until its barrier's descriptor closes: its messages are read while it lives, so they have a unit.
    if (event.kind === "notify" && event.fds.length > 0) {
      act({ kind: "closeFd", fd: event.fds[0] as number });
      act({ kind: "signal", token: Number(event.group[1]), signo: 15, hasValue: false, value: 0 });
    }
    const group = emptied(event);
    if (group !== undefined) {
      act({ kind: "log", entry: Buffer.from(`MESSAGE=${group} is empty\n`) });
      act({ kind: "groupRemove", group });
    }
  }

  isComplete(): boolean {
    return [...this.events.values()].filter((event) => emptied(event) !== undefined).length === units.length;
  }
}

/** The group that an event says to be empty. */
function emptied(event: KeeperEvent): string | undefined {
  if (event.kind === "exited" && event.lastOfGroup) return `u${event.token}.service`;
  return event.kind === "groupEmpty" ? event.group : undefined;
}

function plan(unit: number, socket: string, counter: string): ExecPlan {
  // Each start leaves a mark: a process that was started twice is seen.
  const ready = unit % 2 === 0 ? `systemd-notify READY=1; read x < ${counter}.fifo` : "exit 3";
  const script = `echo ${unit} >> ${counter}; echo line ${unit}.1; echo line ${unit}.2; ${ready}`;
  return run(["/bin/sh", "-c", script], { log: unit, env: [`NOTIFY_SOCKET=${socket}`] });
}

interface Outcome {
  readonly manager: RecordingManager;
  readonly logs: readonly string[];
  readonly starts: string;
  readonly frames: { manager: number; journal: number };
}

let runs = 0;

async function busyRun(kill: { manager?: readonly number[]; journal?: number }): Promise<Outcome> {
  const directory = scratch(bench, `busy-${++runs}`);
  const counter = join(directory, "starts");
  const socket = join(directory, "notify");
  const { execFileSync } = await import("node:child_process");
  appendFileSync(counter, "");
  execFileSync("mkfifo", [`${counter}.fifo`]);
  const keeper = Keeper.start(bench, { journal: true });
  const manager = new RecordingManager(kill.manager ?? [], [
    { kind: "listen", id: "notify", listener: listenerKind.notify, path: socket, mode: 0o666, uid: none, gid: none },
    ...units.map(
      (unit): KeeperCommand => ({
        kind: "spawn",
        token: unit,
        group: `u${unit}.service`,
        plan: encodePlan(plan(unit, socket, counter)),
      }),
    ),
  ]);
  const journal = new RecordingJournal(kill.journal ?? -1);
  onTestFinished(() => keeper.stop());
  const attach = async (): Promise<void> => {
    for (;;) manager.attach(await keeper.managerSocket());
  };
  const attachJournal = async (): Promise<void> => {
    for (;;) journal.attach(await keeper.journalSocket());
  };
  attach().catch(() => {});
  attachJournal().catch(() => {});
  await manager.finished;
  await journal.has(units.length * 2 + units.length);
  const frames = { manager: manager.frames, journal: journal.frames };
  await keeper.stop();
  return { manager, logs: journal.sorted(), starts: readFileSync(counter, "utf8"), frames };
}

/** A journal process that writes each line once, whatever comes twice. */
class RecordingJournal {
  frames = 0;
  private readonly killAfter: number;
  private readonly written = new Map<number, string>();
  private readonly entries = new Map<number, string>();
  private wake: () => void = () => {};

  constructor(killAfter: number) {
    this.killAfter = killAfter;
  }

  attach(socket: Socket): void {
    const process = new Journal(socket, false);
    let alive = true;
    const counts = (): boolean => {
      if (!alive) return false;
      this.frames += 1;
      if (this.frames !== this.killAfter) return true;
      alive = false;
      socket.destroy();
      return false;
    };
    let at = 0;
    socket.on("data", () => {
      for (; at < process.messages.all.length; at++) {
        const message = process.messages.all[at];
        if (message === undefined || !counts()) return;
        if (message.kind === "streamData") {
          const before = this.written.get(message.stream) ?? "";
          expect(message.offset).toBeLessThanOrEqual(before.length); // no hole
          const fresh = Buffer.from(message.data)
            .toString()
            .slice(before.length - message.offset);
          this.written.set(message.stream, before + fresh);
        }
        if (message.kind === "datagram") this.entries.set(message.seq, Buffer.from(message.data).toString());
        if (message.kind !== "streamOpen" && message.kind !== "journalHello" && counts()) process.ack(message);
        this.wake();
      }
    });
  }

  sorted(): string[] {
    const lines = [...this.written.values()].flatMap((text) => text.split("\n").filter(Boolean));
    return [...lines, ...[...this.entries.values()].map((entry) => entry.trim())].sort();
  }

  async has(count: number): Promise<void> {
    while (this.sorted().length < count)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
  }
}

/** What has to be the same in every run. */
function outcome(result: Outcome): unknown {
  const events = [...result.manager.events.entries()].sort(([a], [b]) => a - b);
  const sequence = events.map(([seq]) => seq);
  const kinds: Record<string, string[]> = {};
  for (const [, event] of events) {
    const unit = "group" in event ? Number(event.group[1]) : "token" in event ? event.token : 0;
    const detail = event.kind === "exited" ? `exited ${event.code} ${event.status}` : event.kind;
    // Whether a shell's child outlives it by a moment is a race of their own: then the group's end is told by itself.
    if (event.kind !== "journalDied" && event.kind !== "groupEmpty") kinds[unit] = [...(kinds[unit] ?? []), detail];
  }
  return {
    gapless: sequence.every((seq, index) => seq === index + 1),
    kinds,
    starts: result.starts.split("\n").filter(Boolean).sort(),
    logs: result.logs,
    onePidEach: [...result.manager.pids.values()].every((pids) => pids.size === 1),
  };
}

where(hasNotify, "systemd-notify")("the unkilled run", async () => {
  expect(outcome(await busyRun({}))).toMatchInlineSnapshot(`
    {
      "gapless": true,
      "kinds": {
        "0": [
          "listening",
        ],
        "1": [
          "spawned",
          "execOk",
          "exited 1 3",
        ],
        "2": [
          "spawned",
          "execOk",
          "notify",
          "notify",
          "exited 2 15",
        ],
        "3": [
          "spawned",
          "execOk",
          "exited 1 3",
        ],
        "4": [
          "spawned",
          "execOk",
          "notify",
          "notify",
          "exited 2 15",
        ],
      },
      "logs": [
        "MESSAGE=u1.service is empty",
        "MESSAGE=u2.service is empty",
        "MESSAGE=u3.service is empty",
        "MESSAGE=u4.service is empty",
        "line 1.1",
        "line 1.2",
        "line 2.1",
        "line 2.2",
        "line 3.1",
        "line 3.2",
        "line 4.1",
        "line 4.2",
      ],
      "onePidEach": true,
      "starts": [
        "1",
        "2",
        "3",
        "4",
      ],
    }
  `);
});

where(hasNotify, "systemd-notify")("the manager is killed at every frame", async () => {
  const plain = await busyRun({});
  const wanted = outcome(plain);
  for (let at = 1; at <= plain.frames.manager; at++) {
    const result = await busyRun({ manager: [at] });
    expect({ at, ...(outcome(result) as object) }).toEqual({ at, ...(wanted as object) });
    // The kill happened: there was a second inventory, unless the run was over at that frame.
    if (at < plain.frames.manager - 12) expect(result.manager.inventories).toBeGreaterThanOrEqual(at <= 3 ? 1 : 2);
  }
});

where(hasNotify, "systemd-notify")("the recovery is killed too, at every frame of it, and the one after", async () => {
  const plain = await busyRun({});
  const wanted = outcome(plain);
  // The first kill in the middle of the run, the next ones 1, 2, 3 … frames into what follows.
  const middle = plain.frames.manager >> 1;
  for (let gap = 1; gap <= 24; gap++) {
    const result = await busyRun({ manager: [middle, middle + gap, middle + 2 * gap] });
    expect({ gap, ...(outcome(result) as object) }).toEqual({ gap, ...(wanted as object) });
  }
});

where(hasNotify, "systemd-notify")("the journal process is killed at every frame", async () => {
  const plain = await busyRun({});
  const wanted = outcome(plain);
  for (let at = 1; at <= plain.frames.journal; at++) {
    const result = await busyRun({ journal: at });
    const got = outcome(result) as { gapless: boolean };
    expect({ at, ...got }).toEqual({ at, ...(wanted as object) });
  }
});
