import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { encodePlan, type PlanStep } from "../src/index.ts";
import { type Bench, Keeper, type Manager, openBench, scratch } from "./harness.ts";

let bench: Bench;
let count = 0;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.remove());

async function start(): Promise<{ keeper: Keeper; manager: Manager; directory: string }> {
  const keeper = Keeper.start(bench);
  onTestFinished(() => keeper.stop());
  return { keeper, manager: await keeper.manager(), directory: scratch(bench, `watch-${++count}`) };
}

/** inotify(7). */
const closeWrite = 0x8;
const modify = 0x2;
const deleteSelf = 0x400;
const overflow = 0x4000;
const changes = 0xfce;
const comes = 0xc04;

/** Watches a path and waits until the watch stands; 0 or an errno. */
async function watch(manager: Manager, id: string, path: string, mask = comes): Promise<number> {
  const from = manager.events.all.length;
  manager.client.send({ kind: "watchWay", id, path, mask });
  const answer = await manager.events.find((event) => event.kind === "watching" && event.id === id, from);
  return answer.kind === "watching" ? answer.errno : -1;
}

/** What was reported until now: a command about watches reads first what has happened. */
async function reported(manager: Manager): Promise<[string, number][]> {
  await watch(manager, `fence-${++count}`, "/");
  return manager.events.all.flatMap((event): [string, number][] =>
    event.kind === "pathChanged" ? [[event.id, event.mask]] : [],
  );
}

describe("a path with all that leads there", () => {
  test("each part that comes is told, once for each watch", async () => {
    const { manager, directory } = await start();
    const path = join(directory, "a/b/c");
    expect(await watch(manager, "w1", path)).toBe(0);
    mkdirSync(join(directory, "a"));
    expect(await reported(manager)).toEqual([["w1", 0]]);
    expect(await watch(manager, "w2", path)).toBe(0);
    mkdirSync(join(directory, "a/b"));
    mkdirSync(join(directory, "a/other"));
    expect(await reported(manager)).toEqual([
      ["w1", 0],
      ["w2", 0],
    ]);
    expect(await watch(manager, "w3", path)).toBe(0);
    writeFileSync(path, "");
    expect((await reported(manager)).slice(2)).toEqual([["w3", 0]]);
  });

  test("what happens beside a path that is there is not told", async () => {
    const { manager, directory } = await start();
    const path = join(directory, "a/b");
    mkdirSync(path, { recursive: true });
    expect(await watch(manager, "w", path)).toBe(0);
    writeFileSync(join(directory, "a/c"), "");
    writeFileSync(join(path, "d"), "");
    expect(await reported(manager)).toEqual([]);
    rmSync(join(directory, "a"), { recursive: true });
    const [[id, mask = 0] = []] = await reported(manager);
    expect([id, mask & deleteSelf]).toEqual(["w", deleteSelf]);
  });

  test("what happens at the path itself comes with its mask", async () => {
    const { manager, directory } = await start();
    const path = join(directory, "file");
    writeFileSync(path, "");
    expect(await watch(manager, "changed", path, changes & ~modify)).toBe(0);
    expect(await watch(manager, "exists", path)).toBe(0);
    appendFileSync(path, "x");
    const [[id, mask = 0] = [], ...others] = await reported(manager);
    expect([id, mask & closeWrite, others]).toEqual(["changed", closeWrite, []]);
  });

  test("a link is followed, and told of when it leads elsewhere", async () => {
    const { manager, directory } = await start();
    for (const name of ["one", "two"]) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, "file"), "");
    }
    symlinkSync("one", join(directory, "link"));
    const path = join(directory, "link/file");
    expect(await watch(manager, "w1", path, changes)).toBe(0);
    appendFileSync(join(directory, "one/file"), "x");
    const [[, mask = 0] = []] = await reported(manager);
    expect(mask & modify).toBe(modify);
    expect(await watch(manager, "w2", path, changes)).toBe(0);
    symlinkSync("two", join(directory, "new"));
    renameSync(join(directory, "new"), join(directory, "link"));
    expect((await reported(manager)).slice(1)).toEqual([["w2", 0]]);
  });

  test("what cannot lead there is an answer", async () => {
    const { manager, directory } = await start();
    writeFileSync(join(directory, "file"), "");
    expect(await watch(manager, "w", join(directory, "file/below"))).toBe(20);
    expect(await watch(manager, "w", "not/absolute")).toBe(22);
  });

  test("the one that stands stays, and all of one beginning go at once", async () => {
    const { manager, directory } = await start();
    for (const id of ["path/a/1/0", "path/a/1/1", "path/a/12/0"])
      expect(await watch(manager, id, directory, changes)).toBe(0);
    expect(await watch(manager, "path/a/1/0", "/never/looked/at", changes)).toBe(0);
    manager.client.send({ kind: "unwatchAll", starts: "path/a/1/" });
    expect(await reported(manager)).toEqual([]);
    writeFileSync(join(directory, "x"), "");
    expect((await reported(manager)).map(([id]) => id)).toEqual(["path/a/12/0"]);
  });

  test("what happened before a watch is taken away is told", async () => {
    const { keeper, manager, directory } = await start();
    expect(await watch(manager, "w", directory, changes)).toBe(0);
    // While the keeper stands still, the change and the command both wait for it.
    keeper.child.kill("SIGSTOP");
    writeFileSync(join(directory, "x"), "");
    manager.client.send({ kind: "unwatchAll", starts: "w" });
    keeper.child.kill("SIGCONT");
    expect((await reported(manager)).map(([id]) => id)).toEqual(["w"]);
  });

  test("watches stand while the manager is away, and what they report waits for the next one", async () => {
    const { keeper, manager, directory } = await start();
    expect(await watch(manager, "w", directory, changes)).toBe(0);
    expect(await watch(manager, "later", join(directory, "b/c"))).toBe(0);
    manager.kill();
    writeFileSync(join(directory, "x"), "");
    const next = await keeper.manager();
    expect((await reported(next)).map(([id]) => id).sort()).toEqual(["later", "w"]);
  });

  test("where the kernel dropped events all are told that something may have happened", async () => {
    const { keeper, manager, directory } = await start();
    const quiet = scratch(bench, `watch-${++count}`);
    expect(await watch(manager, "busy", directory, changes)).toBe(0);
    expect(await watch(manager, "quiet", quiet, changes)).toBe(0);
    keeper.child.kill("SIGSTOP");
    for (let i = 0; i < 9000; i++) {
      writeFileSync(join(directory, `f${i}`), "");
      unlinkSync(join(directory, `f${i}`));
    }
    keeper.child.kill("SIGCONT");
    const masks = new Map(await reported(manager));
    expect((masks.get("quiet") ?? 0) & overflow).toBe(overflow);
    expect((masks.get("busy") ?? 0) & overflow).toBe(overflow);
  });
});

describe("the step that touches", () => {
  const touch = (base: string, path: string): PlanStep => ({
    op: "touch",
    base,
    path,
    mode: 0o644,
    usec: 1_700_000_000_123_456,
    exitStatus: 7,
  });

  test("a file is made with its directories, and gets the time", async () => {
    const { manager, directory } = await start();
    const base = join(directory, "lib/timers");
    manager.client.spawn(1, "g", { inputs: [], env: [], steps: [touch(base, "stamp-a.timer")] });
    expect(await manager.event("exited")).toMatchObject({ status: 0 });
    const info = statSync(join(base, "stamp-a.timer"), { bigint: true });
    expect([info.mtimeNs, info.mode & 0o777n]).toEqual([1_700_000_000_123_456_000n, 0o644n]);
    expect(encodePlan({ inputs: [], env: [], steps: [touch(base, "x")] }).length).toBeGreaterThan(0);
  });

  test("a link in its place is left alone", async () => {
    const { manager, directory } = await start();
    writeFileSync(join(directory, "target"), "");
    symlinkSync("target", join(directory, "stamp"));
    const before = statSync(join(directory, "target")).mtimeMs;
    manager.client.spawn(1, "g", { inputs: [], env: [], steps: [touch(directory, "stamp")] });
    expect(await manager.event("exited")).toMatchObject({ status: 7 });
    expect([statSync(join(directory, "target")).mtimeMs, lstatSync(join(directory, "stamp")).isSymbolicLink()]).toEqual(
      [before, true],
    );
  });
});
