import { emit, type Turn } from "../turn.ts";
import { messageIds } from "./message-ids.ts";

/** syslog(3) priorities. */
export const priority = { emerg: 0, alert: 1, crit: 2, err: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;

export type Fields = readonly (readonly [string, string])[];

/** A line about a unit that starts with its name, as almost all do: "foo.service: Deactivated successfully." */
export function logUnit(turn: Turn, level: number, unit: string, text: string, fields: Fields = []): void {
  logMessage(turn, level, unit, `${unit}: ${text}`, fields);
}

/** A line about a unit in words of its own: "Started foo.service - Foo." */
export function logMessage(turn: Turn, level: number, unit: string, message: string, fields: Fields = []): void {
  const user = turn.state.scope === "user";
  const invocation = turn.state.units.get(unit)?.invocation ?? "";
  const own: (readonly [string, string])[] = [[user ? "USER_UNIT" : "UNIT", unit]];
  if (invocation !== "") own.push([user ? "USER_INVOCATION_ID" : "INVOCATION_ID", invocation]);
  emit(turn, { kind: "log", line: { priority: level, message, unit, fields: [...fields, ...own] } });
}

/** A line about a unit, not about a run of it: without the invocation's id. */
export function logUnitAtLarge(turn: Turn, level: number, unit: string, text: string, fields: Fields): void {
  const field = turn.state.scope === "user" ? "USER_UNIT" : "UNIT";
  const message = `${unit}: ${text}`;
  emit(turn, { kind: "log", line: { priority: level, message, unit, fields: [...fields, [field, unit]] } });
}

/** A line of the manager about itself. */
export function logManager(turn: Turn, level: number, message: string, fields: Fields = []): void {
  emit(turn, { kind: "log", line: { priority: level, message, fields } });
}

export const messageId = (name: keyof typeof messageIds): readonly [string, string] => ["MESSAGE_ID", messageIds[name]];
