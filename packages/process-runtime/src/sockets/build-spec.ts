/** From a socket unit's settings to what the keeper opens (systemd.socket(5)). Pure: what has to be looked up comes in. */
import type { ListenSpec, Settings } from "@steward/unit-file";
import { type AddressFacts, family, netlinkAddress, socketAddress } from "./address.ts";
import { optionsAfterBind, optionsBeforeBind } from "./options.ts";
import { type SocketPort, type SocketSpec, socketLimits } from "./spec.ts";

/** socket(2) types. */
const types = { Stream: 1, Datagram: 2, SequentialPacket: 5 } as const;
const SOCK_RAW = 3;
const EINVAL = 22;
const E2BIG = 7;
const EOPNOTSUPP = 95;
const UDPLITE = 136;
const SCTP = 132;

/** What building a spec needs besides the settings. */
export interface SpecFacts extends AddressFacts {
  /** Of SocketUser= and SocketGroup=. */
  readonly owner: SocketSpec["owner"];
}

/** SocketProtocol= counts for the types of socket that have it. */
function protocolOf(socket: Settings["Socket"], type: keyof typeof types): number {
  const wanted = socket.SocketProtocol;
  return (type === "Datagram" ? wanted === UDPLITE : wanted === SCTP) ? wanted : 0;
}

function buildPort(socket: Settings["Socket"], { type, address }: ListenSpec, facts: SpecFacts): SocketPort {
  switch (type) {
    case "Stream":
    case "Datagram":
    case "SequentialPacket": {
      const at = socketAddress(address, facts);
      if ("errno" in at) return { kind: "fail", errno: at.errno };
      const isIp = at.domain === family.inet || at.domain === family.inet6;
      return {
        kind: "socket",
        domain: at.domain,
        type: types[type],
        protocol: isIp ? protocolOf(socket, type) : 0,
        address: at.bytes,
        path: at.path,
        backlog: type === "Datagram" ? undefined : socket.Backlog,
        before: optionsBeforeBind(socket, at.domain),
        after: optionsAfterBind(socket, at.domain),
      };
    }
    case "Netlink": {
      const at = netlinkAddress(address);
      if (at === undefined) return { kind: "fail", errno: EINVAL };
      return {
        kind: "socket",
        domain: family.netlink,
        type: SOCK_RAW,
        protocol: at.protocol,
        address: at.bytes,
        path: "",
        backlog: undefined,
        before: optionsBeforeBind(socket, family.netlink),
        after: optionsAfterBind(socket, family.netlink),
      };
    }
    case "FIFO":
      return { kind: "fifo", path: address, pipeSize: Math.min(0x7fff_ffff, socket.PipeSize) };
    case "Special":
      return { kind: "special", path: address, writable: socket.Writable };
    case "MessageQueue":
      return {
        kind: "queue",
        path: address,
        maxMessages: Math.max(0, socket.MessageQueueMaxMessages),
        messageSize: Math.max(0, socket.MessageQueueMessageSize),
      };
    case "USBFunction":
      return { kind: "fail", errno: EOPNOTSUPP };
  }
}

/** Everything that the keeper opens for a unit, in the order of its file. */
export function buildSocketSpec(socket: Settings["Socket"], facts: SpecFacts): SocketSpec {
  // What the keeper does not take fails as a whole, rather than listen on a part.
  const fits = socket.Listen.length <= socketLimits.ports && socket.Symlinks.length <= socketLimits.links;
  return {
    directoryMode: socket.DirectoryMode,
    mode: socket.SocketMode,
    owner: facts.owner,
    accept: socket.Accept,
    links: socket.Symlinks.slice(0, socketLimits.links),
    replacesLinks: socket.RemoveOnStop,
    ports: fits ? socket.Listen.map((listen) => buildPort(socket, listen, facts)) : [{ kind: "fail", errno: E2BIG }],
  };
}
