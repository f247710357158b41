import { exits, forever, type Program } from "@steward/state-machine";
import { expect, test } from "vitest";
import { transcribe } from "./kit/transcript.ts";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const second = 1_000_000;

interface Story {
  readonly units: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, Program>>;
  tell(world: World): void;
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
  "stop-during-start": {
    units: { "slow.service": service("Type=notify\nExecStart=/slow\nExecStopPost=/post") },
    programs: { "slow.service": { spawnDelayUsec: 5_000 } },
    tell(world) {
      world.start("slow.service").run(1_000);
      world.request("slow.service", "stop");
      world.run();
    },
  },
  "socket-not-yet": {
    units: {
      "a.socket": "[Socket]\nListenStream=/run/a\n",
      "a.service": service("ExecStart=/a"),
      "boot.target": "[Unit]\nWants=a.socket\nAfter=a.socket\n",
    },
    tell(world) {
      world.start("a.socket");
      world.start("boot.target").run();
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

test.each(Object.entries(stories))("%s", async (name, { units, programs = {}, tell }) => {
  const world = new World(units, { programs });
  const lines = transcribe(world);
  tell(world);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`transcripts/${name}.txt`);
});
