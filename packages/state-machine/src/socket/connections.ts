import { definitionOf } from "../definition/definitions.ts";
import { logUnit, priority } from "../log/log.ts";
import type { ConnectionPeer, UnitEvent } from "../model/event.ts";
import type { Connection, ServiceData } from "../model/service.ts";
import { emit, jobOf, patchUnit, unitOf } from "../turn.ts";
import { data, patch, type SocketUnit, settings } from "./data.ts";
import { enterStopPre } from "./ending.ts";
import { startService, withinPollLimit, withinTriggerLimit } from "./listening.ts";
import { releaseConnection } from "./release.ts";

type Accepted = Extract<UnitEvent, { readonly kind: "connection" }>;
type Loaded = Extract<UnitEvent, { readonly kind: "connectionLoaded" }>;

/** A connection that nobody gets: it is closed, and counted. */
export function refuse(s: SocketUnit, { fd }: Accepted): void {
  emit(s.turn, { kind: "closeFd", fd });
  patch(s, { nRefused: data(s).nRefused + 1 });
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}

/** The instance of the template with the socket's name that serves one connection (systemd.socket(5), Accept=). */
function instanceName(s: SocketUnit, peer: ConnectionPeer): string {
  const [prefix = ""] = s.unit.slice(0, s.unit.lastIndexOf(".")).split("@");
  return `${prefix}@${data(s).nAccepted}-${peer.instance}.service`;
}

/** Accept=yes: each connection gets a service of its own, unless there are too many. */
export function onConnection(s: SocketUnit, event: Accepted): void {
  const { peer, fd } = event;
  const { maxConnections, maxConnectionsPerSource } = settings(s);
  const { nConnections, sources, nAccepted, pending } = data(s);
  withinPollLimit(s);
  if (jobOf(s.turn, s.unit)?.type === "stop") return refuse(s, event);
  if (!withinTriggerLimit(s)) return refuse(s, event);
  const tooMany = (count: number, from: string): void => {
    const text = `Too many incoming connections (${count})${from}, dropping connection.`;
    logUnit(s.turn, priority.warning, s.unit, text);
    refuse(s, event);
  };
  if (nConnections >= maxConnections) return tooMany(nConnections, "");
  const ofSource = (sources[peer.address] ?? 0) + 1;
  if (maxConnectionsPerSource > 0 && peer.address !== "" && ofSource > maxConnectionsPerSource)
    return tooMany(ofSource, ` from source ${peer.address}`);
  const service = instanceName(s, peer);
  patch(s, {
    nAccepted: nAccepted + 1,
    nConnections: nConnections + 1,
    ...(peer.address === "" ? {} : { sources: { ...sources, [peer.address]: ofSource } }),
    pending: [...pending, { fd, service }],
  });
  // The record comes first: what is loaded then knows what it is for.
  const { machine } = unitOf(s.turn, service);
  const connection: Connection = { socket: s.unit, fd, peer };
  patchUnit(s.turn, service, { machine: { ...(machine as ServiceData), connection } });
  emit(s.turn, { kind: "loadConnection", unit: s.unit, service });
  emit(s.turn, { kind: "unitChanged", unit: s.unit });
}

/** The service of a connection is loaded: it is started, as by a request. */
export function onConnectionLoaded(s: SocketUnit, { service }: Loaded): void {
  const { pending, state } = data(s);
  if (!pending.some((one) => one.service === service)) return;
  patch(s, { pending: pending.filter((one) => one.service !== service) });
  if (state !== "listening") {
    releaseConnection(s.turn, service);
    return;
  }
  if (definitionOf(s.turn.state, service)?.loadState !== "loaded") {
    releaseConnection(s.turn, service);
    logUnit(s.turn, priority.warning, s.unit, "Failed to set socket on service: Invalid argument");
    enterStopPre(s, "resources");
    return;
  }
  if (!startService(s, service, "template")) releaseConnection(s.turn, service);
}
