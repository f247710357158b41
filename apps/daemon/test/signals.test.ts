import { expect, test } from "vitest";
import { signalAction } from "../src/signals.ts";

test.each([
  [1, "reload"],
  [2, "exit.target"],
  [15, "exit.target"],
  [30, "poweroff.target"],
  [34, "default.target"],
  [34 + 1, "rescue.target"],
  [34 + 3, "halt.target"],
  [34 + 4, "poweroff.target"],
  [34 + 5, "reboot.target"],
  [34 + 6, "kexec.target"],
  [34 + 14, "poweroff.target"],
  [34 + 24, "exit.target"],
  [34 + 25, "reexecute"],
  [17, "ignore"],
] as const)("signal %i means %s", (signal, meaning) => {
  const action = signalAction(signal, { stopping: false });
  expect(action.kind === "target" ? action.target : action.kind).toBe(meaning);
});

test("a second request to end hastens the first", () => {
  expect(signalAction(2, { stopping: true })).toEqual({ kind: "hasten" });
  expect(signalAction(15, { stopping: true })).toEqual({ kind: "hasten" });
});
