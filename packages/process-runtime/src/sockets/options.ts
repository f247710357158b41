/** The socket options of systemd.socket(5), as setsockopt(2) takes them, with the words that systemd has for one that fails. */
import type { Settings } from "@steward/unit-file";
import { family } from "./address.ts";
import type { SocketOption } from "./spec.ts";

type SocketSettings = Settings["Socket"];

/** socket(7), ip(7), ipv6(7), tcp(7), netlink(7), sctp(7): the same numbers on all architectures that steward runs on. */
const level = { socket: 1, ip: 0, tcp: 6, ipv6: 41, sctp: 132, netlink: 270 } as const;
const SCTP = 132;

function bytes(value: number): Uint8Array {
  const out = Buffer.alloc(4);
  out.writeInt32LE(value | 0);
  return out;
}

const text = (value: string): Uint8Array => Buffer.from(`${value}\0`);

function option(label: string, at: number, name: number, value: number | string): SocketOption {
  return { label, level: at, name, value: typeof value === "string" ? text(value) : bytes(value) };
}

/** Options that bind(2) has to find set. Those that fail are passed over, unless the socket would be another one without. */
export function optionsBeforeBind(socket: SocketSettings, domain: number): SocketOption[] {
  const options: SocketOption[] = [];
  if (domain === family.inet6 && socket.BindIPv6Only !== "default") {
    const only = socket.BindIPv6Only === "ipv6-only" ? 1 : 0;
    options.push({ ...option("IPV6_V6ONLY", level.ipv6, 26, only), required: true });
  }
  if (domain === family.inet || domain === family.inet6) {
    if (socket.BindToDevice !== "")
      options.push({ ...option("SO_BINDTODEVICE", level.socket, 25, socket.BindToDevice), required: true });
    if (socket.ReusePort) options.push(option("SO_REUSEPORT", level.socket, 15, 1));
    const six = domain === family.inet6;
    if (socket.FreeBind) options.push(option("IP_FREEBIND", six ? level.ipv6 : level.ip, six ? 78 : 15, 1));
    if (socket.Transparent) options.push(option("IP_TRANSPARENT", six ? level.ipv6 : level.ip, six ? 75 : 19, 1));
  }
  options.push({ ...option("SO_REUSEADDR", level.socket, 2, 1), required: true });
  return options;
}

const seconds = (usec: number): number => Math.min(0x7fff_ffff, Math.floor(usec / 1_000_000));
const size = (value: number): number => Math.min(0x7fff_ffff, value);

/** Buffers beyond the limit need the right to force them; without it the limit is what one gets. */
function buffer(label: string, value: number, force: number, plain: number): SocketOption[] {
  return [
    option(`${label}FORCE`, level.socket, force, size(value)),
    { ...option(label, level.socket, plain, size(value)), otherwise: true },
  ];
}

function packetInfo(domain: number): SocketOption {
  const label = "packet info socket option";
  if (domain === family.inet6) return option(label, level.ipv6, 49, 1);
  if (domain === family.netlink) return option(label, level.netlink, 3, 1);
  return option(label, level.ip, 8, 1);
}

/** Options of the open socket, and of each connection that it accepts. Each that fails is said and passed over. */
export function optionsAfterBind(socket: SocketSettings, domain: number): SocketOption[] {
  const options: SocketOption[] = [];
  const add = (wanted: boolean, label: string, at: number, name: number, value: number | string): void => {
    if (wanted) options.push(option(label, at, name, value));
  };
  add(socket.KeepAlive, "SO_KEEPALIVE", level.socket, 9, 1);
  add(socket.KeepAliveTimeSec > 0, "TCP_KEEPIDLE", level.tcp, 4, seconds(socket.KeepAliveTimeSec));
  add(socket.KeepAliveIntervalSec > 0, "TCP_KEEPINTVL", level.tcp, 5, seconds(socket.KeepAliveIntervalSec));
  add(socket.KeepAliveProbes > 0, "TCP_KEEPCNT", level.tcp, 6, socket.KeepAliveProbes);
  add(socket.DeferAcceptSec > 0, "TCP_DEFER_ACCEPT", level.tcp, 9, seconds(socket.DeferAcceptSec));
  const isSctp = socket.SocketProtocol === SCTP;
  add(socket.NoDelay && isSctp, "SCTP_NODELAY", level.sctp, 3, 1);
  add(socket.NoDelay && !isSctp, "TCP_NODELAY", level.tcp, 1, 1);
  add(socket.Broadcast, "SO_BROADCAST", level.socket, 6, 1);
  add(socket.PassCredentials, "SO_PASSCRED", level.socket, 16, 1);
  add(socket.PassPIDFD, "SO_PASSPIDFD", level.socket, 76, 1);
  add(socket.PassSecurity, "SO_PASSSEC", level.socket, 34, 1);
  add(!socket.AcceptFileDescriptors, "SO_PASSRIGHTS", level.socket, 83, 0);
  if (socket.PassPacketInfo) options.push(packetInfo(domain));
  add(socket.Timestamping === "us", "SO_TIMESTAMP", level.socket, 29, 1);
  add(socket.Timestamping === "ns", "SO_TIMESTAMPNS", level.socket, 35, 1);
  add(socket.Priority >= 0, "SO_PRIORITY", level.socket, 12, socket.Priority);
  if (socket.ReceiveBuffer > 0) options.push(...buffer("SO_RCVBUF", socket.ReceiveBuffer, 33, 8));
  if (socket.SendBuffer > 0) options.push(...buffer("SO_SNDBUF", socket.SendBuffer, 32, 7));
  add(socket.Mark >= 0, "SO_MARK", level.socket, 36, socket.Mark);
  add(socket.IPTOS >= 0, "IP_TOS", level.ip, 1, socket.IPTOS);
  const six = domain === family.inet6;
  add(socket.IPTTL >= 0, "IP_TTL/IPV6_UNICAST_HOPS", six ? level.ipv6 : level.ip, six ? 16 : 2, socket.IPTTL);
  add(socket.TCPCongestion !== "", "TCP_CONGESTION", level.tcp, 13, socket.TCPCongestion);
  return options;
}
