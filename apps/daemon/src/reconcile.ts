import { type KeeperClient, tokenState } from "@steward/process-runtime";
import type { Effect } from "@steward/state-machine";
import { say } from "./console.ts";
import type { RecordedProcess } from "./record/shell-state.ts";
import { shellTokens } from "./shell-tokens.ts";

type Making = Extract<Effect, { kind: "spawn" | "cleanDirectories" }>;
const makesProcess = (effect: Effect): effect is Making =>
  effect.kind === "spawn" || effect.kind === "cleanDirectories";

/**
 * Holds the record against the keeper's inventory after a death. What was asked for and is not there is asked for again (its first
 * asking came to nothing), unless `again` performs it anyway. A token that no record asked for cannot be: it is ended, and said.
 */
export function reconcile(parts: {
  readonly keeper: KeeperClient;
  readonly recorded: ReadonlyMap<number, RecordedProcess>;
  readonly again: readonly Effect[];
  readonly perform: (effect: Effect) => void;
  /** A clean-up of the shell itself has ended. */
  readonly forgetShellPlan: (token: number) => void;
}): void {
  const { keeper, recorded } = parts;
  const { tokens } = keeper.recovery;
  const there = new Set(tokens.map((row) => row.token));
  const asked = new Set(parts.again.map((effect) => (makesProcess(effect) ? effect.token : 0)));
  for (const [token, { effect }] of [...recorded])
    if (makesProcess(effect) && !there.has(token) && !asked.has(token)) parts.perform(effect);

  for (const row of tokens) {
    if (recorded.has(row.token)) continue;
    if (row.token >= shellTokens) {
      if (row.state === tokenState.exited) parts.forgetShellPlan(row.token);
      continue;
    }
    say(`process ${row.pid} of ${row.group} is in no record: it is ended`, "warning");
    keeper.send({ kind: "signal", token: row.token, signo: 9, hasValue: false, value: 0 }, 0);
    keeper.send({ kind: "release", token: row.token }, 0);
  }
}
