import { describe, expect, test } from "vitest";
import type { JobMode, JobType } from "../src/index.ts";
import { bareUnits, show, unit, World } from "./support/world.ts";

describe("what a request pulls in (systemd.unit(5))", () => {
  test.each([
    ["Requires=", "a.service Requires=b.service\nb.service", "start a.service, start b.service"],
    ["BindsTo=", "a.service BindsTo=b.service\nb.service", "start a.service, start b.service"],
    ["Wants=", "a.service Wants=b.service\nb.service", "start a.service, start b.service"],
    ["Upholds=", "a.service Upholds=b.service\nb.service", "start a.service, start b.service"],
    ["Wants= of what is missing", "a.service Wants=b.service", "start a.service"],
    ["Requires= of what is missing", "a.service Requires=b.service", "NoSuchUnit: Unit b.service not found."],
    ["Requisite=", "a.service Requisite=b.service\nb.service", "start a.service, verify-active b.service"],
    ["PartOf= alone", "a.service PartOf=b.service\nb.service", "start a.service"],
    ["Conflicts= with what does not run", "a.service Conflicts=b.service\nb.service", "start a.service"],
  ])("start: %s", (_, units, expected) => {
    expect(show(World.bare(units).plan("start", "a.service"))).toBe(expected);
  });

  test.each([
    ["Requires=", "b.service Requires=a.service\na.service", "stop a.service, stop b.service"],
    ["Wants=", "b.service Wants=a.service\na.service", "stop a.service"],
    ["PartOf=", "b.service PartOf=a.service\na.service", "stop a.service, stop b.service"],
    ["BindsTo=", "b.service BindsTo=a.service\na.service", "stop a.service, stop b.service"],
    ["PropagatesStopTo=", "a.service PropagatesStopTo=b.service\nb.service", "stop a.service, stop b.service"],
  ])("stop: %s", (_, units, expected) => {
    expect(show(World.bare(units).active("a.service", "b.service").plan("stop", "a.service"))).toBe(expected);
  });

  test("restart goes on to those who require the unit, and only to those that run", () => {
    const world = World.bare("a.service\nb.service Requires=a.service\nc.service PartOf=a.service").active(
      "a.service",
      "b.service",
    );
    expect(show(world.plan("restart", "a.service"))).toBe("restart a.service, restart b.service");
  });

  test("starting stops what conflicts and runs", () => {
    const world = World.bare("a.service Conflicts=b.service\nb.service").active("b.service");
    expect(show(world.plan("start", "a.service"))).toBe("start a.service, stop b.service");
  });
});

describe("ordering cycles", () => {
  test("are broken at a job that is only wished for, in systemd's words", () => {
    const world = World.bare(
      "a.service Wants=b.service,c.service After=b.service\nb.service After=c.service\nc.service After=a.service",
    );
    const result = world.plan("start", "a.service");
    expect(show(result)).toBe("start a.service, start c.service");
    expect(result.log).toEqual(
      [
        [4, "a.service: Found ordering cycle on b.service/start"],
        [4, "a.service: Found dependency on c.service/start"],
        [4, "a.service: Found dependency on a.service/start"],
        [3, "a.service: Job b.service/start deleted to break ordering cycle starting with a.service/start"],
      ].map(([priority, message]) => ({ priority, message, units: ["b.service", "c.service", "a.service"] })),
    );
  });

  // One dependency only wishes for b, the other needs it; which of them comes first must not matter.
  test.each(["x.service,y.service", "y.service,x.service"])(
    "are not broken at a unit that another of its jobs makes matter (%s)",
    (requires) => {
      const world = World.bare(
        `a.service Requires=${requires} After=b.service\nb.service After=a.service\nx.service Wants=b.service\ny.service Requisite=b.service`,
      );
      expect(show(world.plan("start", "a.service"))).toBe(
        "TransactionOrderIsCyclic: Transaction order is cyclic. See system logs for details.",
      );
    },
  );

  test("are refused where every job is required", () => {
    const world = World.bare("a.service Requires=b.service After=b.service\nb.service After=a.service");
    const result = world.plan("start", "a.service");
    expect(show(result)).toBe("TransactionOrderIsCyclic: Transaction order is cyclic. See system logs for details.");
    expect(result.log.map(({ message }) => message)).toEqual([
      "a.service: Found ordering cycle on b.service/start",
      "a.service: Found dependency on a.service/start",
      "a.service: Unable to break cycle starting with a.service/start",
      "Requested transaction contains an unfixable cyclic ordering dependency: Transaction order is cyclic. See system logs for details.",
    ]);
  });

  test("may go through a job in the queue, which is never dropped", () => {
    const world = World.bare("a.service After=b.service\nb.service After=a.service");
    world.apply("start", "b.service");
    expect(show(world.plan("start", "a.service"))).toBe(
      "TransactionOrderIsCyclic: Transaction order is cyclic. See system logs for details.",
    );
  });

  test("of stops are as of starts, and of a stop and a start there is none", () => {
    const world = World.bare("a.service Requires=b.service After=b.service\nb.service After=a.service");
    world.active("a.service", "b.service");
    expect(show(world.plan("stop", "b.service"))).toContain("TransactionOrderIsCyclic");
    const other = World.bare("a.service Conflicts=b.service After=b.service\nb.service After=a.service").active(
      "b.service",
    );
    expect(show(other.plan("start", "a.service"))).toBe("start a.service, stop b.service");
  });
});

describe("modes (systemctl(1), --job-mode=)", () => {
  const isolated =
    "t.target Unit.AllowIsolate=yes Wants=a.service,s.socket\na.service\nb.service\ns.socket Triggers=s.service\ns.service\nm.mount";

  test("isolate stops what is not part of it, but neither what ignores it nor what a part triggers", () => {
    const world = World.bare(isolated).active("b.service", "s.socket", "s.service", "m.mount");
    expect(show(world.plan("start", "t.target", "isolate"))).toBe("start t.target, start a.service, stop b.service");
  });

  test("isolate stops the triggered with its trigger", () => {
    const world = World.bare(isolated.replace(",s.socket", "")).active("s.socket", "s.service");
    expect(show(world.plan("start", "t.target", "isolate"))).toBe(
      "start t.target, start a.service, stop s.socket, stop s.service",
    );
  });

  test("isolate and flush end the other jobs in the queue", () => {
    for (const mode of ["isolate", "flush"] as const) {
      const world = World.bare(isolated);
      world.apply("start", "b.service");
      world.apply("start", "a.service");
      const result = world.plan("start", "t.target", mode);
      expect(result.ok && result.cancel).toEqual(mode === "flush" ? [world.queue.get("b.service")?.id] : []);
      // Isolating contradicts b's start rather than to cancel it.
      expect(show(result)).toBe(
        mode === "flush"
          ? "start t.target, start a.service, start s.socket"
          : "start t.target, start a.service, start s.socket, stop b.service",
      );
    }
  });

  test("triggering stops what would start the unit again", () => {
    const world = World.bare("s.socket Triggers=s.service\ns.service\nt.timer Triggers=s.service").active(
      "s.socket",
      "s.service",
    );
    expect(show(world.plan("stop", "s.service", "triggering"))).toBe("stop s.service, stop s.socket");
    expect(show(world.plan("start", "s.service", "triggering"))).toBe(
      "org.freedesktop.DBus.Error.InvalidArgs: --job-mode=triggering is only valid for stop.",
    );
  });

  test("fail neither replaces a job nor stops what runs for a wish", () => {
    const world = World.bare("a.service Wants=b.service\nb.service Conflicts=c.service\nc.service").active("c.service");
    expect(show(world.plan("start", "a.service"))).toBe("start a.service, start b.service, stop c.service");
    expect(show(world.plan("start", "a.service", "fail"))).toBe("start a.service");
    world.apply("start", "b.service");
    expect(show(world.plan("stop", "b.service", "fail"))).toBe(
      "TransactionIsDestructive: Transaction for b.service/stop is destructive (b.service has 'start' job queued, but 'stop' is included in transaction).",
    );
  });

  test("replace replaces a job, unless that is irreversible", () => {
    const world = World.bare("a.service");
    world.apply("start", "a.service");
    const result = world.plan("stop", "a.service");
    expect(result.ok && result.jobs[0]?.install).toEqual({ kind: "replace", job: 1 });
    world.apply("stop", "a.service", "replace-irreversibly");
    expect(show(world.plan("start", "a.service"))).toBe(
      "TransactionIsDestructive: Transaction for a.service/start is destructive (a.service has 'stop' job queued, but 'start' is included in transaction).",
    );
  });

  test("ignore-dependencies and ignore-requirements leave out what is required; the first also the order", () => {
    const world = World.bare("a.service Requires=b.service After=b.service\nb.service");
    const of = (mode: "ignore-dependencies" | "ignore-requirements") => {
      const result = world.plan("start", "a.service", mode);
      return result.ok && result.jobs.map(({ unit, ignoreOrder }) => [unit, ignoreOrder]);
    };
    expect(of("ignore-dependencies")).toEqual([["a.service", true]]);
    expect(of("ignore-requirements")).toEqual([["a.service", false]]);
  });

  test("restart-dependencies restarts those who depend on the unit and run", () => {
    const world = World.bare("a.service\nb.service Requires=a.service\nc.service Requires=a.service").active(
      "b.service",
    );
    expect(show(world.plan("start", "a.service", "restart-dependencies"))).toBe("start a.service, restart b.service");
  });
});

describe("a job meets the unit's job in the queue", () => {
  test.each<[string, string, "waiting" | "running", object]>([
    ["start", "start", "waiting", { kind: "merge", job: 1, type: "start", rerun: false }],
    ["start", "start", "running", { kind: "merge", job: 1, type: "start", rerun: false }],
    ["restart", "start", "running", { kind: "merge", job: 1, type: "restart", rerun: false }],
    ["start", "restart", "waiting", { kind: "merge", job: 1, type: "restart", rerun: false }],
    ["start", "restart", "running", { kind: "merge", job: 1, type: "restart", rerun: true }],
    ["reload", "reload", "waiting", { kind: "merge", job: 1, type: "reload", rerun: false }],
    ["reload", "reload", "running", { kind: "merge", job: 1, type: "reload", rerun: true }],
    ["stop", "start", "running", { kind: "replace", job: 1 }],
    ["start", "stop", "waiting", { kind: "replace", job: 1 }],
    ["try-restart", "stop", "waiting", { kind: "replace", job: 1 }],
  ])("%s, then %s while it is %s", (queued, asked, state, expected) => {
    const world = World.bare("a.service Service.ExecReload=[x]").active("a.service");
    world.queue.set("a.service", {
      id: 1,
      unit: "a.service",
      type: (queued === "try-restart" ? "restart" : queued) as "start",
      state,
      irreversible: false,
      ignoreOrder: false,
    });
    const result = world.plan(asked as "start", "a.service");
    expect(result.ok && result.jobs[0]?.install).toEqual(expected);
  });
});

describe("refusals, as systemctl prints them", () => {
  const units = [
    ...bareUnits(
      "a.service\nr.target Unit.RefuseManualStart=yes Unit.RefuseManualStop=yes\n-.mount\nd.device\ns.socket",
    ),
    unit("m.service !", { loadState: "masked" }),
    unit("bad.service !", { loadState: "bad-setting" }),
    unit("e.service !", {
      loadState: "error",
      loadError: { name: "org.freedesktop.DBus.Error.AccessDenied", message: "Unit e.service failed to load." },
    }),
  ];
  test.each<[JobType, string, JobMode, string]>([
    ["start", "nope.service", "replace", "NoSuchUnit: Unit nope.service not found."],
    ["stop", "nope.service", "replace", "NoSuchUnit: Unit nope.service not loaded."],
    ["try-restart", "nope.service", "replace", "NoSuchUnit: Unit nope.service not found."],
    ["start", "m.service", "replace", "UnitMasked: Unit m.service is masked."],
    ["stop", "m.service", "replace", "stop m.service"],
    ["start", "bad.service", "replace", "BadUnitSetting: Unit bad.service has a bad unit file setting."],
    ["stop", "bad.service", "replace", "NoSuchUnit: Unit bad.service not loaded."],
    ["start", "e.service", "replace", "org.freedesktop.DBus.Error.AccessDenied: Unit e.service failed to load."],
    ["reload", "a.service", "replace", "JobTypeNotApplicable: Job type reload is not applicable for unit a.service."],
    ["reload", "s.socket", "replace", "JobTypeNotApplicable: Job type reload is not applicable for unit s.socket."],
    ["restart", "d.device", "replace", "JobTypeNotApplicable: Job type restart is not applicable for unit d.device."],
    ["stop", "-.mount", "replace", "JobTypeNotApplicable: Job type stop is not applicable for unit -.mount."],
    ["start", "a.service", "isolate", "NoIsolation: Operation refused, unit may not be isolated."],
    ["stop", "a.service", "isolate", "org.freedesktop.DBus.Error.InvalidArgs: Isolate is only valid for start."],
    [
      "start",
      "r.target",
      "replace",
      "OnlyByDependency: Operation refused, unit r.target may be requested by dependency only (it is configured to refuse manual start/stop).",
    ],
  ])("%s %s, mode %s", (type, name, mode, expected) => {
    const world = new World(units).active("system.slice", "-.slice");
    expect(show(world.plan(type, name, mode, true))).toBe(expected);
  });

  test("what a dependency asks for is not asked by hand", () => {
    expect(show(new World(units).plan("start", "r.target"))).toBe("start r.target");
  });
});

test("requirements that contradict each other", () => {
  const world = World.bare("a.service Requires=b.service Conflicts=b.service\nb.service").active("b.service");
  expect(show(world.plan("start", "a.service"))).toBe(
    "TransactionJobsConflicting: Transaction contains conflicting jobs 'stop' and 'start' for a.service. Probably contradicting requirement dependencies configured.",
  );
});

test("a wish that contradicts is dropped", () => {
  const world = World.bare("a.service Requires=b.service Wants=c.service\nb.service\nc.service Conflicts=b.service");
  expect(show(world.plan("start", "a.service"))).toBe("start a.service, start b.service");
});

test("a unit that cannot start for want of another is added all the same when it is only wished for, as in systemd", () => {
  const world = World.bare("a.service Wants=b.service\nb.service Requires=missing.service");
  const result = world.plan("start", "a.service");
  expect(show(result)).toBe("start a.service, start b.service");
  expect(result.log).toEqual([
    {
      priority: 7,
      message: "b.service: Cannot add dependency job, ignoring: Unit missing.service not found.",
      units: ["b.service"],
    },
  ]);
});

test("a chain of 20,000 requirements does not exhaust the stack", () => {
  const chain = Array.from({ length: 20_000 }, (_, at) => {
    const name = `c${at + 1}.target`;
    return `c${at}.target${at < 19_999 ? ` Requires=${name} After=${name}` : ""}`;
  });
  const result = World.bare(chain.join("\n")).plan("start", "c0.target");
  expect(result.ok && result.jobs.length).toBe(20_000);
});
