import { emit, patchUnit, type Turn, unitOf } from "../turn.ts";
import { data, patch } from "./data.ts";

/** The service of a connection needs it no more: it is closed, and its place is free. */
export function releaseConnection(turn: Turn, service: string): void {
  const { machine } = unitOf(turn, service);
  if (machine.type !== "service" || machine.connection?.fd === undefined) return;
  const { fd, socket, peer } = machine.connection;
  patchUnit(turn, service, { machine: { ...machine, connection: { ...machine.connection, fd: undefined } } });
  emit(turn, { kind: "closeFd", fd });
  if (turn.state.units.get(socket)?.machine.type !== "socket") return;
  const s = { turn, unit: socket };
  const { nConnections, sources } = data(s);
  const { [peer.address]: count = 0, ...others } = sources;
  patch(s, {
    nConnections: Math.max(0, nConnections - 1),
    sources: count > 1 ? { ...others, [peer.address]: count - 1 } : others,
  });
  emit(turn, { kind: "unitChanged", unit: socket });
}
