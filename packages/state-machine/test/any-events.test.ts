import { type Event, exportState, importState, step } from "@steward/state-machine";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bare } from "../src/simulate/processes.ts";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

const unit = fc.constantFrom(
  "t.timer",
  "p.path",
  "a.service",
  "b.service",
  "multi-user.target",
  "gone.service",
  "x.socket",
  "y.socket",
);
const token = fc.integer({ min: 1, max: 12 });
const small = fc.integer({ min: 0, max: 300 });
const words = fc.constantFrom(
  "READY",
  "RELOADING",
  "STOPPING",
  "STATUS",
  "ERRNO",
  "MAINPID",
  "WATCHDOG",
  "WATCHDOG_USEC",
  "EXTEND_TIMEOUT_USEC",
  "NOTIFYACCESS",
  "__proto__",
  "",
);
const values = fc.constantFrom("1", "0", "trigger", "all", "none", "-1", "99999999999999999999", "text", "");

/** Any event at all, whether a kernel could send it or not. */
const event: fc.Arbitrary<Bare> = fc.oneof(
  fc.record({
    kind: fc.constant("enqueue" as const),
    request: small,
    unit,
    job: fc.constantFrom(
      "start",
      "stop",
      "restart",
      "reload",
      "try-restart",
      "reload-or-start",
      "verify-active",
    ) as fc.Arbitrary<"start">,
    mode: fc.constantFrom(
      "replace",
      "fail",
      "isolate",
      "flush",
      "triggering",
      "restart-dependencies",
    ) as fc.Arbitrary<"replace">,
  }),
  fc.record({ kind: fc.constant("spawned" as const), unit, token, pid: small }),
  fc.record({ kind: fc.constant("execOk" as const), unit, token }),
  fc.record({
    kind: fc.constant("execFailed" as const),
    unit,
    token,
    status: small,
    errno: small,
    step: fc.constant("exec"),
  }),
  fc.record({
    kind: fc.constant("exited" as const),
    unit,
    token,
    pid: small,
    code: fc.constantFrom("exited", "killed", "dumped") as fc.Arbitrary<"exited">,
    status: small,
    usage: fc.constant({ cpuUsec: 1 }),
    lastOfGroup: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("groupEmpty" as const), unit }),
  fc.record({
    kind: fc.constant("notify" as const),
    unit,
    token: fc.option(token, { nil: undefined }),
    pid: small,
    fields: fc.array(fc.tuple(words, values), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("pidFile" as const), unit, pid: small }),
  fc.record({ kind: fc.constant("adopted" as const), unit, token, pid: small, ok: fc.boolean() }),
  fc.record({
    kind: fc.constant("timer" as const),
    unit,
    slot: fc.constantFrom("state", "watchdog", "restart", "runtime-max", "elapse", "calendar") as fc.Arbitrary<"state">,
  }),
  fc.record({
    kind: fc.constant("jobTimer" as const),
    job: small,
    slot: fc.constantFrom("timeout", "running-timeout") as fc.Arbitrary<"timeout">,
  }),
  fc.record({
    kind: fc.constant("conditionsChecked" as const),
    unit,
    check: fc.integer({ min: 0, max: 4 }),
    conditions: fc.constant([]),
    asserts: fc.constant([]),
  }),
  fc.record({
    kind: fc.constant("kill" as const),
    request: small,
    unit,
    whom: fc.constantFrom("main", "control", "all", "main-fail", "all-fail") as fc.Arbitrary<"all">,
    signal: fc.integer({ min: 1, max: 64 }),
  }),
  fc.record({ kind: fc.constant("cancelJob" as const), request: small, job: small }),
  fc.record({ kind: fc.constant("clearJobs" as const), request: small }),
  fc.record({ kind: fc.constant("resetFailed" as const), request: small, unit: fc.option(unit, { nil: "a.service" }) }),
  fc.record({ kind: fc.constant("oomKill" as const), unit }),
  fc.record({ kind: fc.constant("clockChanged" as const) }),
  fc.record({
    kind: fc.constant("timezoneChanged" as const),
    zone: fc.constantFrom({ name: "UTC" }, { name: "X", rules: "VFppZg==" }, { name: "Y", rules: "no base64" }),
  }),
  fc.record({
    kind: fc.constant("stampRead" as const),
    unit,
    stamp: fc.integer({ min: 0, max: 4 }),
    mtimeUsec: fc.constantFrom(undefined, 0, 5_000_000, Number.MAX_SAFE_INTEGER),
  }),
  fc.record({
    kind: fc.constant("pathsLooked" as const),
    unit,
    look: fc.integer({ min: 0, max: 4 }),
    found: fc.array(fc.record({ before: fc.boolean(), after: fc.boolean() }), { maxLength: 3 }),
    errno: fc.constantFrom(2, 28),
  }),
  fc.record({
    kind: fc.constant("pathTouched" as const),
    unit,
    look: fc.integer({ min: 0, max: 4 }),
    index: fc.integer({ min: 0, max: 3 }),
    itself: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("busName" as const), unit, owned: fc.boolean() }),
  fc.record({
    kind: fc.constant("mounts" as const),
    mounted: fc.subarray(
      ["-.mount", "gone.mount", "m.mount"].map((name) => ({ unit: name, what: "w", type: "t", options: "rw" })),
    ),
  }),
  fc.record({
    kind: fc.constant("socketsOpened" as const),
    unit,
    set: token,
    fds: fc.array(small, { maxLength: 2 }),
    warnings: fc.constant([{ what: "SO_MARK failed", errno: 1 }]),
  }),
  fc.record({
    kind: fc.constant("socketsOpened" as const),
    unit,
    set: token,
    fds: fc.constant([]),
    warnings: fc.constant([]),
    problem: fc.record({ errno: small, address: fc.constant("/run/x"), status: small }),
  }),
  fc.record({ kind: fc.constant("socketTraffic" as const), unit, set: token }),
  fc.record({
    kind: fc.constant("socketTraffic" as const),
    unit,
    set: token,
    problem: fc.constant({ what: "Failed to accept connection", errno: 24 }),
  }),
  fc.record({
    kind: fc.constant("connection" as const),
    unit,
    set: token,
    fd: small,
    peer: fc.record({
      instance: fc.constantFrom("1-0", "unknown", "127.0.0.1:1-127.0.0.1:2"),
      shown: fc.constantFrom("", "PID 1/UID 0"),
      address: fc.constantFrom("", "127.0.0.1", "__proto__"),
      port: small,
    }),
  }),
  fc.record({
    kind: fc.constant("connectionLoaded" as const),
    unit,
    service: fc.constantFrom("y@0-1-0.service", "y@1-unknown.service", "a.service"),
  }),
  fc.record({
    kind: fc.constant("shutdown" as const),
    target: fc.constantFrom("shutdown.target", "nothing.target"),
    mode: fc.constant("replace-irreversibly" as const),
  }),
);

const types = ["simple", "exec", "oneshot", "notify", "forking", "idle", "notify-reload"];
const answered = new Set(["enqueue", "kill", "cancelJob", "clearJobs", "resetFailed"]);

test("no sequence of events makes the core throw, and every request has one answer", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.boolean(),
      fc.array(event, { maxLength: 60 }),
      (type, pidFile, events) => {
        const lines = `Type=${type}\nExecStart=/a\nExecStop=/stop\nExecReload=/r\nRestart=on-failure\n${pidFile ? "PIDFile=/run/a.pid" : ""}`;
        const world = new World({
          "a.service": service(lines, "ConditionPathExists=/x\nWants=b.service\nOnFailure=b.service"),
          "b.service": service(lines.replace("Restart=on-failure", "Restart=no"), "BindsTo=a.service"),
          "x.socket": "[Socket]\nListenStream=/run/x\nService=a.service\nExecStartPre=/pre\nExecStopPre=/stop\n",
          "y.socket": "[Socket]\nListenStream=/run/y\nAccept=yes\nMaxConnectionsPerSource=2\n",
          "y@.service": service("ExecStart=/y"),
          "t.timer": "[Timer]\nOnActiveSec=1\nOnUnitActiveSec=1\nOnCalendar=daily\nPersistent=yes\nUnit=a.service\n",
          "p.path": "[Path]\nPathExists=/x\nPathChanged=/y\nTriggerLimitBurst=3\nUnit=b.service\n",
        });
        let { state } = world;
        let usec = 5_000_000;
        for (const bare of events) {
          usec += 1_000;
          const now = { monotonicUsec: usec, boottimeUsec: usec, realtimeUsec: usec };
          const result = step(state, { ...bare, now } as Event);
          const replies = result.effects.filter((effect) => effect.kind === "reply").length;
          expect(replies).toBe(answered.has(bare.kind) ? 1 : 0);
          state = result.state;
        }
        expect(exportState(importState(exportState(state)))).toEqual(exportState(state));
      },
    ),
    { numRuns: Number(process.env.STEWARD_LAW_RUNS ?? 60) * 10 },
  );
});
