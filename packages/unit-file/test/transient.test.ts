import { type BusValue, loadUnitFromFiles, transientUnitText, type UnitType, unitProperties } from "@steward/unit-file";
import fc from "fast-check";
import { expect, test } from "vitest";

const load = (name: string, text: string) => loadUnitFromFiles(name, [{ path: "/run/systemd/transient/x", text }]);
const property = (type: UnitType, name: string, value: BusValue): BusValue | undefined => {
  const { text, unsupported } = transientUnitText(type, [{ name, value }]);
  expect(unsupported).toEqual([]);
  return unitProperties(load(`x.${type}`, text)).find((p) => p.name === name)?.value;
};

test("what systemd-run asks for", () => {
  const { text, unsupported } = transientUnitText("service", [
    { name: "Description", value: "50% off" },
    { name: "CollectMode", value: "inactive-or-failed" },
    { name: "After", value: ["a.service", "b.service"] },
    { name: "MemoryMax", value: 1048576n },
    { name: "RuntimeMaxUSec", value: 5_000_000n },
    { name: "Environment", value: ["A=1 2", "B=%h"] },
    { name: "UMask", value: 0o077 },
    { name: "ExecStart", value: [["/bin/sh", ["/bin/sh", "-c", 'echo "$A" %n'], false]] },
    { name: "AddRef", value: true },
  ]);
  expect(unsupported).toEqual(["AddRef"]);
  const { settings, dependencies, loadState } = load("run-1.service", text);
  expect(loadState).toBe("loaded");
  expect(settings.Unit).toMatchObject({ Description: "50% off", CollectMode: "inactive-or-failed" });
  expect(settings.Service).toMatchObject({
    MemoryMax: 1048576,
    RuntimeMaxSec: 5_000_000,
    Environment: ["A=1 2", "B=%h"],
    UMask: 0o077,
  });
  expect(settings.Service.ExecStart[0]?.argv).toEqual(["/bin/sh", "-c", 'echo "$A" %n']);
  expect(dependencies.map((d) => `${d.kind} ${d.name}`)).toEqual(["After a.service", "After b.service"]);
});

test.each([
  ["service", "Restart", "on-failure"],
  ["service", "TimeoutStartUSec", 1_500_000n],
  ["service", "TimeoutStopUSec", 0xffffffffffffffffn],
  ["service", "RemainAfterExit", true],
  ["service", "KillSignal", 10],
  ["service", "User", "daemon"],
  ["service", "WorkingDirectory", "/srv"],
  [
    "service",
    "EnvironmentFiles",
    [
      ["/a", true],
      ["/b", false],
    ],
  ],
  ["service", "ReadWritePaths", ["-/a b", "+/c"]],
  [
    "service",
    "DeviceAllow",
    [
      ["/dev/null", "rw"],
      ["char-pts", "r"],
    ],
  ],
  [
    "service",
    "BindPaths",
    [
      ["/a", "/b", true, 0n],
      ["/c", "/d", false, 16384n],
    ],
  ],
  [
    "service",
    "IODeviceWeight",
    [
      ["/dev/sda", 100n],
      ["/dev/sdb", 200n],
    ],
  ],
  ["service", "RestrictAddressFamilies", [false, ["AF_INET", "AF_UNIX"]]],
  ["service", "SuccessExitStatus", [[1, 75], []]],
  [
    "service",
    "ExecStopEx",
    [["/bin/a", ["zero", "b c"], ["ignore-failure", "no-setuid", "no-env-expand"], 0n, 0n, 0n, 0n, 0, 0, 0]],
  ],
  ["service", "TasksMax", 77n],
  ["service", "LimitNOFILE", 4096n],
  ["service", "Nice", 5],
  ["service", "CPUQuotaPerSecUSec", 1_255_000n],
  ["service", "CPUAffinity", [0b1010, 1, 0, 0, 0, 0, 0, 0]],
  ["service", "CapabilityBoundingSet", 0b101n],
  ["service", "CapabilityBoundingSet", 0xffffffffffffffffn],
  ["service", "StandardInputFileDescriptorName", "x"],
  ["service", "DelegateControllers", ["cpu", "memory"]],
  [
    "timer",
    "TimersMonotonic",
    [
      ["OnActiveUSec", 5_000_000n, 0n],
      ["OnBootUSec", 1n, 0n],
    ],
  ],
  ["timer", "TimersCalendar", [["OnCalendar", "*-*-* 00:00:00", 0n]]],
  ["timer", "AccuracyUSec", 1n],
  [
    "path",
    "Paths",
    [
      ["PathExists", "/a b"],
      ["PathChanged", "/c%d"],
    ],
  ],
  [
    "socket",
    "Listen",
    [
      ["Stream", "/run/x"],
      ["Datagram", "[::]:53"],
    ],
  ],
  ["socket", "Accept", true],
  ["scope", "RuntimeMaxUSec", 9n],
  ["slice", "CPUWeight", 50n],
] as const)("%s %s comes back as it went", (type, name, value) => {
  expect(property(type, name, value as BusValue)).toEqual(value);
});

test("a limit and its soft limit are one directive", () => {
  const { text } = transientUnitText("service", [
    { name: "LimitNOFILE", value: 0xffffffffffffffffn },
    { name: "LimitNOFILESoft", value: 10n },
  ]);
  expect(load("x.service", text).settings.Service.LimitNOFILE).toEqual({ soft: 10, hard: Number.POSITIVE_INFINITY });
});

test("shares of the machine are percentages", () => {
  expect(transientUnitText("service", [{ name: "MemoryMaxScale", value: 1073741824 }]).text).toContain(
    "MemoryMax=25%\n",
  );
});

test("conditions come back in their order", () => {
  const value = [
    ["ConditionPathExists", true, true, "/a", 0],
    ["ConditionHost", false, false, "%x", 0],
  ] as const;
  expect(property("service", "Conditions", value)).toEqual(value);
});

test("law: any argument survives", () => {
  const word = fc
    .array(fc.integer({ min: 1, max: 0xd7ff }), { maxLength: 8 })
    .map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (words) => {
      const argv = ["/bin/a", ...words];
      const { text } = transientUnitText("service", [{ name: "ExecStart", value: [["/bin/a", argv, false]] }]);
      expect(load("x.service", text).settings.Service.ExecStart.map((c) => c.argv)).toEqual([argv]);
    }),
  );
});
