import { describe, expect, test } from "vitest";
import { show, World } from "./support/world.ts";

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
    const world = World.bare("a.service Wants=b.service After=b.service\nb.service After=a.service");
    const result = world.plan("start", "a.service");
    expect(show(result)).toBe("start a.service");
    expect(result.log.map((line) => line.message)).toEqual([
      "a.service: Found ordering cycle on b.service/start",
      "a.service: Found dependency on a.service/start",
      "a.service: Job b.service/start deleted to break ordering cycle starting with a.service/start",
    ]);
  });

  test("are refused where every job is required", () => {
    const world = World.bare("a.service Requires=b.service After=b.service\nb.service After=a.service");
    expect(show(world.plan("start", "a.service"))).toBe(
      "TransactionOrderIsCyclic: Transaction order is cyclic. See system logs for details.",
    );
  });
});
