import type { Controlled } from "./controlled.ts";
import type { SocketDirective } from "./effect.ts";
import type { RateLimit } from "./state.ts";

/**
 * A socket's life (systemd.socket(5); the names are those of `systemctl show -p SubState`):
 *
 *   dead -> start-pre -> start-chown -> start-post -> listening <-> running
 *        -> stop-pre -> stop-pre-sigterm -> stop-pre-sigkill -> stop-post -> final-sigterm -> final-sigkill -> dead | failed
 *
 * In `start-chown` the keeper opens the descriptors and gives them their owners; from then until `stop-post` it holds them, whatever
 * becomes of the service. In `listening` it watches them; in `running` the service has them.
 */
export type SocketState =
  | "dead"
  | "start-pre"
  | "start-chown"
  | "start-post"
  | "listening"
  | "running"
  | "stop-pre"
  | "stop-pre-sigterm"
  | "stop-pre-sigkill"
  | "stop-post"
  | "final-sigterm"
  | "final-sigkill"
  | "failed";

/** systemd's Result= property (org.freedesktop.systemd1(5)). */
export type SocketResult =
  | "success"
  | "resources"
  | "timeout"
  | "exit-code"
  | "signal"
  | "core-dump"
  | "start-limit-hit"
  | "trigger-limit-hit"
  | "service-start-limit-hit";

/** The descriptors of a socket unit: the number under which the keeper has them, and each one's id, in the order of Listen…=. */
interface SocketSet {
  readonly set: number;
  /** Empty until the keeper has opened them. */
  readonly fds: readonly number[];
}

/** A connection that was accepted and whose service is not loaded yet. */
interface PendingConnection {
  readonly fd: number;
  /** The service that it is for. */
  readonly service: string;
}

/** A socket's own record. */
export interface SocketData extends Controlled<SocketDirective> {
  readonly type: "socket";
  readonly state: SocketState;
  readonly result: SocketResult;
  readonly sockets: SocketSet | undefined;
  readonly nAccepted: number;
  readonly nRefused: number;
  /** Connections whose services have not ended yet, and how many of these come from each address (MaxConnectionsPerSource=). */
  readonly nConnections: number;
  readonly sources: Readonly<Record<string, number>>;
  readonly pending: readonly PendingConnection[];
  /** TriggerLimitIntervalSec=, TriggerLimitBurst=. */
  readonly triggerLimit: RateLimit;
  /** PollLimitIntervalSec=, PollLimitBurst=. */
  readonly pollLimit: RateLimit;
}
