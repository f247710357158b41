import { describe, expect, expectTypeOf, test } from "vitest";
import type { Outcome } from "../src/engine.ts";
import type { ServiceData, ServiceState, ServiceStateKind } from "../src/model/service.ts";
import { dispatch } from "../src/service/dispatch.ts";
import type { Cell, ServiceEvent, ServiceEventKind, Table } from "../src/service/event.ts";
import { eventKinds, table } from "../src/service/table.ts";
import { engineFor } from "../src/step.ts";
import { beginTurn } from "../src/turn.ts";
import { blankUnit } from "../src/unit/blank.ts";
import { service } from "./kit/units.ts";
import { World } from "./kit/world.ts";

test("a table with a cell or a row missing does not compile", () => {
  expectTypeOf<Omit<Table, "stop-post">>().not.toExtend<Table>();
  expectTypeOf<Table & { stop: Omit<Table["stop"], "timeout"> }>().toExtend<Table>();
  expectTypeOf<Omit<Table["stop"], "timeout">>().not.toExtend<Table["stop"]>();
  expectTypeOf<ReturnType<Cell<"running", "stop">>>().toEqualTypeOf<Outcome>();
});

const control = { token: 8, pid: 108, command: { directive: "ExecStartPre", index: 0 } } as const;

/** One example of each state. */
const examples: { readonly [K in ServiceStateKind]: Extract<ServiceState, { kind: K }> } = {
  dead: { kind: "dead" },
  failed: { kind: "failed" },
  "auto-restart": { kind: "auto-restart" },
  condition: { kind: "condition", control: { ...control, command: { directive: "ExecCondition", index: 0 } } },
  "start-pre": { kind: "start-pre", control },
  start: { kind: "start", wait: "ready" },
  "start-post": {
    kind: "start-post",
    wait: "exit",
    control: { ...control, command: { directive: "ExecStartPost", index: 0 } },
  },
  running: { kind: "running" },
  exited: { kind: "exited" },
  reload: { kind: "reload", control: { ...control, command: { directive: "ExecReload", index: 0 } } },
  "reload-signal": { kind: "reload-signal", sinceUsec: 0 },
  "reload-notify": { kind: "reload-notify" },
  stop: { kind: "stop", control: { ...control, command: { directive: "ExecStop", index: 0 } } },
  "stop-watchdog": { kind: "stop-watchdog" },
  "stop-sigterm": { kind: "stop-sigterm" },
  "stop-sigkill": { kind: "stop-sigkill" },
  "stop-post": { kind: "stop-post", control: { ...control, command: { directive: "ExecStopPost", index: 0 } } },
  "final-watchdog": { kind: "final-watchdog" },
  "final-sigterm": { kind: "final-sigterm" },
  "final-sigkill": { kind: "final-sigkill" },
  cleaning: { kind: "cleaning", control: { ...control, command: { directive: "ExecStopPost", index: -1 } } },
};

const events: { readonly [K in ServiceEventKind]: Extract<ServiceEvent, { kind: K }> } = {
  start: { kind: "start" },
  stop: { kind: "stop" },
  reload: { kind: "reload" },
  resetFailed: { kind: "resetFailed" },
  mainSpawned: { kind: "mainSpawned" },
  mainExecuted: { kind: "mainExecuted" },
  mainExited: { kind: "mainExited", result: "exit-code" },
  controlExited: { kind: "controlExited", result: "success" },
  groupEmpty: { kind: "groupEmpty" },
  mainFound: { kind: "mainFound" },
  mainMissing: { kind: "mainMissing", problem: "" },
  ready: { kind: "ready" },
  reloading: { kind: "reloading", monotonicUsec: 5 },
  stopping: { kind: "stopping" },
  busNameOwned: { kind: "busNameOwned" },
  busNameLost: { kind: "busNameLost" },
  idle: { kind: "idle" },
  timeout: { kind: "timeout" },
  watchdog: { kind: "watchdog" },
  restartElapsed: { kind: "restartElapsed" },
  runtimeMax: { kind: "runtimeMax" },
  oomKill: { kind: "oomKill" },
};

const mainless: ReadonlySet<ServiceStateKind> = new Set(["dead", "failed", "auto-restart", "exited"]);

/** Puts a service into a state and lets one event happen to it, after the bookkeeping that comes with it. */
function answer(kind: ServiceStateKind, event: ServiceEvent): string {
  const lines = "Type=notify\nExecStart=/a\nExecReload=/reload\nRestart=no";
  const { state } = new World({ "a.service": service(lines) });
  const turn = beginTurn(state, { monotonicUsec: 9, boottimeUsec: 9, realtimeUsec: 9 }, engineFor(state));
  const blank = blankUnit(undefined, "a.service");
  const hasMain = !mainless.has(kind) && event.kind !== "mainExited" && event.kind !== "groupEmpty";
  const machine: ServiceData = {
    ...(blank.machine as ServiceData),
    state: examples[kind],
    main: hasMain ? { token: 7, pid: 107, alien: false } : undefined,
    mainKnown: true,
    mainCommand: 0,
    result: event.kind === "mainExited" ? event.result : "success",
  };
  const populated = !mainless.has(kind) && event.kind !== "groupEmpty" && event.kind !== "mainExited";
  state.units.set("a.service", { ...blank, machine, populated });
  const outcome = dispatch({ turn, unit: "a.service" }, event);
  const after = state.units.get("a.service")!.machine as ServiceData;
  const told = outcome === undefined ? "" : ` (${outcome})`;
  const moved = after.state.kind === kind ? "." : after.state.kind;
  const result = after.result === machine.result ? "" : ` ${after.result}`;
  return `${moved}${result}${told}`;
}

describe("the service, cell by cell", () => {
  test("every state and every event is in the examples and in the table", () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(table).sort());
    expect([...eventKinds].sort()).toEqual(Object.keys(events).sort());
  });

  test("what each cell does, for a Type=notify service with ExecReload=", async () => {
    const lines = Object.values(examples).map(({ kind }) => {
      const cells = eventKinds.map((event) => [event, answer(kind, events[event])] as const);
      const moves = cells.filter(([, told]) => told !== ".").map(([event, told]) => `  ${event.padEnd(15)} ${told}`);
      return [kind, ...moves].join("\n");
    });
    await expect(`${lines.join("\n\n")}\n`).toMatchFileSnapshot("transcripts/service-table.txt");
  });
});
