import { definitionOf } from "../definition/definitions.ts";
import type { PassedDescriptor } from "../model/effect.ts";
import type { Connection } from "../model/service.ts";
import { type Turn, unitOf } from "../turn.ts";
import { related } from "../unit/related.ts";

/** systemd promises no order between units; ours is one: the unit with the service's name, then the others by theirs. */
function socketUnits(turn: Turn, service: string): readonly string[] {
  const own = `${service.slice(0, service.lastIndexOf("."))}.socket`;
  const rank = (unit: string): string => (unit === own ? "" : unit);
  return [...related(turn, service, "triggered-by")].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The sockets that a service gets (sd_listen_fds(3)): those of every socket unit for it that has them open, each unit's in its order. */
export function socketDescriptors(turn: Turn, service: string): readonly PassedDescriptor[] {
  return socketUnits(turn, service).flatMap((socket): readonly PassedDescriptor[] => {
    const { machine } = unitOf(turn, socket);
    if (machine.type !== "socket") return [];
    const name = definitionOf(turn.state, socket)?.socket?.descriptorName ?? socket;
    return (machine.sockets?.fds ?? []).map((id) => ({ id, name }));
  });
}

/** The one descriptor of a service that was made for a connection. */
export function connectionDescriptor({ fd }: Connection): readonly PassedDescriptor[] {
  return fd === undefined ? [] : [{ id: fd, name: "connection" }];
}

/** $REMOTE_ADDR and $REMOTE_PORT (systemd.socket(5), Accept=). */
export function connectionEnvironment({ peer, fd }: Connection): readonly (readonly [string, string])[] {
  if (fd === undefined || peer.address === "") return [];
  return [
    ["REMOTE_ADDR", peer.address],
    ["REMOTE_PORT", String(peer.port)],
  ];
}
