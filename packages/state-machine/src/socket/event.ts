import type { Outcome } from "../engine.ts";
import type { SocketDirective } from "../model/effect.ts";
import type { UnitEvent } from "../model/event.ts";
import type { SocketState } from "../model/socket.ts";
import type { CommandResult } from "../unit/control-process.ts";
import type { SocketUnit } from "./data.ts";

/** What a socket's state may have to answer, after the bookkeeping that is the same in every state. */
export type SocketEvent =
  /** Jobs. */
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  | { readonly kind: "resetFailed" }
  /** A control process has ended, or could not be made; there is no further command of its directive to run. */
  | { readonly kind: "controlExited"; readonly result: CommandResult; readonly directive: SocketDirective }
  | { readonly kind: "controlNotMade"; readonly directive: SocketDirective; readonly reason: string }
  | { readonly kind: "groupEmpty" }
  | { readonly kind: "timeout" }
  /** Of the set of sockets that the unit has now. */
  | (Extract<UnitEvent, { readonly kind: "socketsOpened" | "socketTraffic" | "connection" }> & object)
  /** What it triggers has changed its state or lost its job. */
  | { readonly kind: "serviceChanged"; readonly service: string };

type SocketEventKind = SocketEvent["kind"];

// biome-ignore lint/suspicious/noConfusingVoidType: a cell that answers nothing is a plain function
type Answer<E extends SocketEventKind> = E extends "start" | "stop" ? Outcome : void;

/** What one state does about one event. */
export type Cell<E extends SocketEventKind> = (
  s: SocketUnit,
  event: Extract<SocketEvent, { readonly kind: E }>,
) => Answer<E>;

/** Some cells of a row, for rows that have much in common. */
export type Row = { readonly [E in SocketEventKind]: Cell<E> };

/** Every state answers every event: a cell that is missing does not compile. */
export type Table = { readonly [S in SocketState]: Row };
