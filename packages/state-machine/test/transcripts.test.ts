import { exits, forever, type MountPoint, type Program, type Resource, succeeds } from "@steward/state-machine";
import { expect, test } from "vitest";
import { transcribe } from "./kit/transcript.ts";
import { service } from "./kit/units.ts";
import { World, type WorldOptions } from "./kit/world.ts";

const second = 1_000_000;

interface Story {
  readonly units: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, Program>>;
  /** What removing directories comes to, one time after the other. */
  readonly cleaners?: readonly Program[];
  readonly sockets?: NonNullable<WorldOptions["sockets"]>;
  tell(world: World): void;
}

function join(world: World, unit: string, pids: readonly number[], controller?: string): void {
  const processes = pids.map((pid) => ({ pid, startTicks: 1 }));
  world.deliver({ kind: "join", unit, processes, ...(controller === undefined ? {} : { controller }) });
}

const stories: Readonly<Record<string, Story>> = {
  "simple-crash-restart-stop": {
    units: { "web.service": service("ExecStart=/web\nRestart=on-failure", "Description=Web") },
    programs: { "web.service": forever },
    tell(world) {
      world.start("web.service").run(second);
      world.deliver({ kind: "kill", request: 9, unit: "web.service", whom: "main", signal: 9 });
      world.run(second);
      world.request("web.service", "stop");
      world.run();
    },
  },
  "timer-repeats-and-stops": {
    units: {
      "job.timer": "[Timer]\nOnActiveSec=1\nOnUnitInactiveSec=10\nOnCalendar=*:*:00/30\nAccuracySec=1s\n",
      "job.service": service("Type=oneshot\nExecStart=/job"),
    },
    programs: { "job.service": exits(0, second) },
    tell(world) {
      world.start("job.timer").run(25 * second);
      world.request("job.timer", "stop");
      world.run();
    },
  },
  "timer-with-a-stamp": {
    units: {
      "daily.timer": "[Timer]\nOnCalendar=daily\nPersistent=yes\n",
      "daily.service": service("Type=oneshot\nExecStart=/daily"),
    },
    tell(world) {
      world.kernel.stamps.set("daily.timer", world.kernel.now().realtimeUsec - 3 * 86_400 * second);
      world.start("daily.timer").run(second);
      world.kernel.setClock(86_400 * second);
      world.run(second);
      world.kernel.setClock(-5 * 86_400 * second);
      world.run(second);
    },
  },
  "path-comes-and-stays": {
    units: {
      "spool.path": "[Path]\nPathExists=/spool/go\nPathChanged=/spool/log\nMakeDirectory=yes\nTriggerLimitBurst=3\n",
      "spool.service": service("Type=oneshot\nExecStart=/spool", "StartLimitIntervalSec=0"),
    },
    tell(world) {
      world.start("spool.path").run(second);
      world.kernel.file("make", "/spool/log");
      world.run(second);
      world.kernel.file("modify", "/spool/log");
      world.kernel.file("modify", "/spool/log");
      world.run(5 * second);
      world.kernel.file("make", "/spool/go");
      world.run(second);
    },
  },
  "dependency-fails": {
    units: {
      "app.service": service("ExecStart=/app", "Requires=db.service\nAfter=db.service"),
      "db.service": service("Type=oneshot\nExecStart=/db"),
    },
    programs: { "db.service": exits(1) },
    tell: (world) => void world.start("app.service").run(),
  },
  "forking-with-pid-file": {
    units: { "daemon.service": service("Type=forking\nPIDFile=/run/d.pid\nExecStart=/d") },
    programs: {
      "daemon.service": {
        ...exits(0),
        forks: [{ atUsec: 2_000, program: forever, writesPidFile: "/run/d.pid" }],
        runsUsec: 1_900,
      },
    },
    tell(world) {
      world.start("daemon.service").run(second);
      world.request("daemon.service", "stop");
      world.run();
    },
  },
  "bound-unit-follows": {
    units: {
      "base.service": service("ExecStart=/base"),
      "guest.service": service("ExecStart=/guest", "BindsTo=base.service\nAfter=base.service"),
    },
    programs: { "base.service": { runsUsec: 3 * second }, "guest.service": forever },
    tell: (world) => void world.start("guest.service").run(),
  },
  "restart-in-order": {
    units: {
      "db.service": service("ExecStart=/db"),
      "app.service": service("ExecStart=/app", "Requires=db.service\nAfter=db.service"),
    },
    programs: { "db.service": forever, "app.service": forever },
    tell(world) {
      world.start("app.service").run(second);
      world.request("db.service", "restart");
      world.run();
    },
  },
  "scope-lives-with-its-processes": {
    units: { "run.scope": "[Unit]\nDescription=Run\n[Scope]\nRuntimeMaxSec=5\nTimeoutStopSec=2\n" },
    tell(world) {
      const quick = world.kernel.table.foreign({ runsUsec: second }).pid;
      const slow = world.kernel.table.foreign({ ignores: [15] }).pid;
      join(world, "run.scope", [quick, slow]);
      world.start("run.scope").run(2 * second);
      world.deliver({ kind: "abandon", request: 9, unit: "run.scope" });
      world.run();
    },
  },
  "scope-asks-its-controller": {
    units: { "session.scope": "[Scope]\nTimeoutStopSec=2\nSendSIGHUP=yes\n" },
    tell(world) {
      join(world, "session.scope", [world.kernel.table.foreign(forever).pid], ":1.7");
      world.start("session.scope").run(second);
      world.request("session.scope", "stop");
      world.run();
    },
  },
  "scope-without-processes": {
    units: { "gone.scope": "[Scope]\n" },
    tell(world) {
      join(world, "gone.scope", [4711]);
      world.start("gone.scope").run();
      world.deliver({ kind: "abandon", request: 9, unit: "gone.scope" });
      world.request("gone.scope", "start");
      world.deliver({ kind: "resetFailed", request: 9, unit: "gone.scope" });
      world.deliver({ kind: "unload", units: ["gone.scope"] });
      world.run();
    },
  },
  "stop-during-start": {
    units: { "slow.service": service("Type=notify\nExecStart=/slow\nExecStopPost=/post") },
    programs: { "slow.service": { spawnDelayUsec: 5_000 } },
    tell(world) {
      world.start("slow.service").run(1_000);
      world.request("slow.service", "stop");
      world.run();
    },
  },
  "socket-starts-its-service": {
    units: {
      "a.socket": "[Socket]\nListenStream=/run/a\nListenStream=/run/b\nFileDescriptorName=web\n",
      "a.service": service("ExecStart=/a"),
    },
    programs: { "a.service": { letsInUsec: 1_000, runsUsec: second } },
    tell(world) {
      world.start("a.socket").run();
      world.kernel.sockets.knock("a.socket");
      world.run();
      world.request("a.socket", "stop");
      world.run();
    },
  },
  "socket-with-commands": {
    units: {
      "a.socket":
        "[Socket]\nListenStream=/run/a\nSocketUser=nobody\nExecStartPre=/pre\nExecStartPost=/post\nExecStopPre=/stop-pre\nExecStopPost=/stop-post\nRemoveOnStop=yes\n",
      "a.service": service("ExecStart=/a"),
    },
    tell(world) {
      world.start("a.socket").run();
      world.request("a.socket", "stop");
      world.run();
    },
  },
  "socket-that-cannot-be-opened": {
    units: {
      "a.socket": "[Socket]\nListenStream=1.2.3.4:80\nExecStopPost=/stop-post\n",
      "a.service": service("ExecStart=/a"),
    },
    sockets: () => ({ count: 1, accepts: false, problem: { errno: 99, address: "1.2.3.4:80" } }),
    tell(world) {
      world.start("a.socket").run();
    },
  },
  "socket-with-an-owner-who-is-not-known": {
    units: {
      "a.socket": "[Socket]\nListenStream=/run/a\nSocketUser=nosuchuser\n",
      "a.service": service("ExecStart=/a"),
    },
    sockets: () => ({ count: 1, accepts: false, problem: { errno: 3, address: "/run/a", status: 217 } }),
    tell(world) {
      world.start("a.socket").run();
    },
  },
  "socket-accepts": {
    units: {
      "c.socket": "[Socket]\nListenStream=/run/c\nAccept=yes\nMaxConnections=1\n",
      "c@.service": service("ExecStart=/c", "Description=Conn %i"),
    },
    programs: { "c@0-5000-0.service": { runsUsec: second }, "c@1-5002-0.service": { runsUsec: second } },
    tell(world) {
      world.start("c.socket").run(1_000);
      world.kernel.sockets.knock("c.socket");
      world.run(1_000);
      world.kernel.sockets.knock("c.socket");
      world.run(2 * second);
      world.kernel.sockets.knock("c.socket");
      world.run(1_000);
      world.request("c.socket", "stop");
      world.run();
    },
  },
  "socket-whose-service-lets-nobody-in": {
    units: {
      "a.socket": "[Socket]\nListenStream=/run/a\nTriggerLimitBurst=3\n",
      "a.service": service("ExecStart=/a", "StartLimitBurst=0"),
    },
    tell(world) {
      world.start("a.socket").run();
      world.kernel.sockets.knock("a.socket");
      world.run();
    },
  },
  "socket-whose-service-fails-too-often": {
    units: {
      "a.socket": "[Socket]\nListenStream=/run/a\n",
      "a.service": service("ExecStart=/a", "StartLimitBurst=2"),
    },
    programs: { "a.service": exits(1) },
    tell(world) {
      world.start("a.socket").run();
      world.kernel.sockets.knock("a.socket");
      world.run();
    },
  },
  "socket-that-takes-its-time": {
    units: {
      "a.socket":
        "[Socket]\nListenStream=/run/a\nExecStartPre=/pre\nExecStopPre=/stop-pre\nExecStopPost=/stop-post\nTimeoutSec=3\n",
      "a.service": service("ExecStart=/a"),
    },
    programs: {
      "a.socket ExecStopPre": { ignores: [15] },
      "a.socket ExecStopPost": { ignores: [15] },
    },
    tell(world) {
      world.start("a.socket").run(second);
      world.request("a.socket", "stop");
      world.run();
    },
  },
  "socket-limits-its-polls": {
    units: {
      "a.socket": "[Socket]\nListenStream=/run/a\nPollLimitIntervalSec=10\nPollLimitBurst=2\n",
      "a.service": service("ExecStart=/a", "StartLimitBurst=0"),
    },
    programs: { "a.service": { letsInUsec: 100, runsUsec: 1_000 } },
    tell(world) {
      world.start("a.socket").run();
      for (let i = 0; i < 3; i++) {
        world.kernel.sockets.knock("a.socket");
        world.run(20_000);
      }
      world.run();
    },
  },
  "freeze-and-thaw": {
    units: {
      "a.service": service("ExecStart=/a\nSlice=x.slice"),
      "b.service": service("ExecStart=/b\nSlice=x.slice"),
    },
    programs: { "a.service": forever, "b.service": forever },
    tell(world) {
      world.start("a.service").start("b.service").run(second);
      const freeze = (unit: string, frozen: boolean): void => {
        world.deliver({ kind: "freeze", request: 8, unit, frozen });
      };
      freeze("a.service", true);
      freeze("a.service", true);
      world.run(second);
      freeze("x.slice", true);
      world.run(second);
      world.request("b.service", "restart");
      world.run(second);
      freeze("x.slice", false);
      world.run(second);
      freeze("multi-user.target", true);
      world.request("a.service", "stop");
      freeze("a.service", true);
      world.run(second);
      freeze("a.service", true);
    },
  },
  clean: {
    units: {
      "a.service": service("ExecStart=/a\nStateDirectory=a\nCacheDirectory=a\nTimeoutCleanSec=1"),
      "b.service": service("ExecStart=/b"),
    },
    programs: { "a.service": forever },
    cleaners: [succeeds, exits(1), forever],
    tell(world) {
      const clean = (unit: string, ...what: Resource[]): void => {
        world.deliver({ kind: "clean", request: 8, unit, what });
      };
      clean("b.service", "state");
      clean("basic.target", "state");
      world.start("a.service").run(second);
      clean("a.service", "state");
      world.request("a.service", "stop");
      world.run(second);
      clean("a.service", "runtime");
      clean("a.service", "state", "logs");
      clean("a.service", "cache");
      world.start("a.service").run(second);
      world.request("a.service", "stop");
      world.run(second);
      clean("a.service", "state");
      world.run(second);
      world.deliver({ kind: "resetFailed", request: 9, unit: "a.service" });
      clean("a.service", "cache");
      world.run(5 * second);
    },
  },
  "fd-store": {
    units: {
      "a.service": service("ExecStart=/a\nExecStopPost=/post\nFileDescriptorStoreMax=3\nRestart=on-failure"),
    },
    programs: { "a.service": forever },
    tell(world) {
      const notify = (pid: number, text: string, ...fds: [fd: number, same: number][]): void => {
        const fields = text.split(" ").map((field) => field.split("=") as [string, string]);
        world.deliver({
          kind: "notify",
          unit: "a.service",
          token: undefined,
          pid,
          fields,
          fds: fds.map(([fd, same]) => ({ fd, same })),
        });
      };
      world.start("a.service").run(second);
      notify(100, "FDSTORE=1 FDNAME=a", [1, 0]);
      notify(100, "FDSTORE=1 FDNAME=b", [2, 1]);
      notify(100, "FDSTORE=1 FDNAME=a:b FDPOLL=0", [3, 0]);
      notify(100, "BARRIER=1", [4, 0]);
      notify(99, "FDSTORE=1", [5, 0]);
      notify(100, "FDSTORE=1 FDNAME=c", [6, 0], [7, 0], [8, 0]);
      world.deliver({ kind: "fdHung", unit: "a.service", fd: 6 });
      world.deliver({ kind: "kill", request: 9, unit: "a.service", whom: "main", signal: 9 });
      world.run(second);
      notify(102, "FDSTOREREMOVE=1 FDNAME=a");
      world.request("a.service", "restart");
      world.run(second);
      world.request("a.service", "stop");
      world.run(second);
    },
  },
  mount: {
    units: {
      "mnt-a.mount": "[Mount]\nWhat=tmpfs\nWhere=/mnt/a\nType=tmpfs\nOptions=size=1m,nofail\nTimeoutSec=3\n",
    },
    programs: { "mnt-a.mount ExecUnmount": { runsUsec: 2_000 } },
    tell(world) {
      const unit = "mnt-a.mount";
      const there = { unit, what: "tmpfs", type: "tmpfs", options: "rw,size=1024k" };
      const table = (...mounted: MountPoint[]): void => void world.deliver({ kind: "mounts", mounted });
      world.start(unit).run(500);
      table(there);
      world.run(second);
      world.request(unit, "reload");
      world.run(500);
      table({ ...there, options: "ro" });
      world.run(second);
      world.request(unit, "stop");
      world.run(500);
      table();
      world.run(second);
      // mount(8) says that it has mounted, and has not.
      world.start(unit).run(second);
      // Somebody else mounts, twice on top of each other, and a stop takes both away.
      table(there);
      world.request(unit, "stop");
      world.run(3_000);
      table();
      world.run(second);
      table(there);
      table();
    },
  },
  "mount-hangs": {
    units: { "mnt-a.mount": "[Mount]\nWhat=server:/x\nWhere=/mnt/a\nType=nfs\nTimeoutSec=3\nDefaultDependencies=no\n" },
    programs: { "mnt-a.mount ExecMount": { ignores: [15] } },
    tell(world) {
      world.start("mnt-a.mount").run(10 * second);
      world.start("mnt-a.mount").run(second);
      world.request("mnt-a.mount", "stop");
      world.run(10 * second);
    },
  },
  "upheld-and-unneeded": {
    units: {
      "boss.service": service("ExecStart=/boss", "Upholds=worker.service"),
      "worker.service": service("ExecStart=/worker", "StopWhenUnneeded=yes"),
    },
    programs: { "boss.service": forever, "worker.service": { runsUsec: second } },
    tell(world) {
      world.start("boss.service").run(1_500_000);
      world.request("boss.service", "stop");
      world.run();
    },
  },
};

test.each(Object.entries(stories))("%s", async (name, { units, programs = {}, cleaners = [], sockets, tell }) => {
  const cleaning = cleaners.values();
  const world = new World(units, {
    programs,
    cleaner: () => cleaning.next().value,
    ...(sockets === undefined ? {} : { sockets }),
  });
  const lines = transcribe(world);
  tell(world);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`transcripts/${name}.txt`);
});
