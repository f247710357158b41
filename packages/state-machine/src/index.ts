export type { CommandRef, Effect, LogLine } from "./model/effect.ts";
export type { ConditionOutcome, Event, ProcessUsage, TimerSlot, Token } from "./model/event.ts";
export type { DualTimestamp, Now } from "./model/now.ts";
