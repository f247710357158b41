/** What the keeper is to open for a socket unit, as plain data (systemd.socket(5)): addresses and options are the kernel's own bytes. */
import { ByteWriter } from "../bytes.ts";

/** setsockopt(2). */
export interface SocketOption {
  /** What it is called in a message, where it fails. */
  readonly label: string;
  readonly level: number;
  readonly name: number;
  readonly value: Uint8Array;
  /** Tried only when the one before failed, in its place. */
  readonly otherwise?: boolean;
  /** Its failure is the socket's. */
  readonly required?: boolean;
}

/** One Listen…=. */
export type SocketPort =
  | {
      readonly kind: "socket";
      readonly domain: number;
      readonly type: number;
      readonly protocol: number;
      /** struct sockaddr, as the family has it. */
      readonly address: Uint8Array;
      /** The name in the file system; empty where there is none. */
      readonly path: string;
      /** listen(2); undefined for sockets that cannot. */
      readonly backlog: number | undefined;
      /** Before bind(2), and after it; the latter also on each accepted connection. */
      readonly before: readonly SocketOption[];
      readonly after: readonly SocketOption[];
    }
  | { readonly kind: "fifo"; readonly path: string; readonly pipeSize: number }
  | { readonly kind: "special"; readonly path: string; readonly writable: boolean }
  | {
      readonly kind: "queue";
      readonly path: string;
      /** Both above 0, or the kernel's own limits. */
      readonly maxMessages: number;
      readonly messageSize: number;
    }
  /** Fails with this errno: what is wrong is known already (an interface that is not there). */
  | { readonly kind: "fail"; readonly errno: number };

/** Everything about one unit's sockets. */
export interface SocketSpec {
  readonly directoryMode: number;
  readonly mode: number;
  /** Owners of nodes in the file system; undefined: left alone. `error`: the errno that stands for an owner who is not known. */
  readonly owner: { readonly uid: number | undefined; readonly gid: number | undefined } | { readonly error: number };
  readonly accept: boolean;
  readonly links: readonly string[];
  /** RemoveOnStop=: a link takes the place of what is there. */
  readonly replacesLinks: boolean;
  readonly ports: readonly SocketPort[];
}

/** How many ports and links the keeper takes of one unit. */
export const socketLimits = { ports: 128, links: 64 } as const;

/** Numbers of the kinds, as in keeper/proto.h. */
export const portNumber = { socket: 0, fifo: 1, special: 2, queue: 3, fail: 4 } as const;
const leftAlone = 0xffff_ffff;

function putOptions(w: ByteWriter, options: readonly SocketOption[]): void {
  w.u32(options.length);
  for (const { level, name, value, otherwise, required } of options) {
    w.u32(level);
    w.u32(name);
    w.u8((otherwise === true ? 1 : 0) | (required === true ? 2 : 0));
    w.bytes(value);
  }
}

function putPort(w: ByteWriter, port: SocketPort, accept: boolean): void {
  const listens = port.kind === "socket" && port.backlog !== undefined;
  w.u8(portNumber[port.kind]);
  w.u8(accept && listens ? 1 : 0);
  w.str(port.kind === "fail" ? "" : port.path);
  switch (port.kind) {
    case "socket":
      w.u32(port.domain);
      w.u32(port.type);
      w.u32(port.protocol);
      w.u8(listens ? 1 : 0);
      w.u32(port.backlog ?? 0);
      w.bytes(port.address);
      putOptions(w, port.before);
      putOptions(w, port.after);
      break;
    case "fifo":
      w.u32(port.pipeSize);
      break;
    case "special":
      w.u8(port.writable ? 1 : 0);
      break;
    case "queue":
      w.u64(port.maxMessages);
      w.u64(port.messageSize);
      break;
    case "fail":
      w.u32(port.errno);
      break;
  }
}

/** The spec as the bytes that `socketsOpen` carries. */
export function encodeSocketSpec(spec: SocketSpec): Buffer {
  const w = new ByteWriter(1024);
  const { owner } = spec;
  w.u32(spec.directoryMode);
  w.u32(spec.mode);
  w.u32("error" in owner ? leftAlone : (owner.uid ?? leftAlone));
  w.u32("error" in owner ? leftAlone : (owner.gid ?? leftAlone));
  w.u32("error" in owner ? owner.error : 0);
  w.u8(spec.accept ? 1 : 0);
  w.u8(spec.replacesLinks ? 1 : 0);
  w.u32(spec.links.length);
  for (const link of spec.links) w.str(link);
  w.u32(spec.ports.length);
  for (const port of spec.ports) {
    const one = new ByteWriter(256);
    putPort(one, port, spec.accept);
    w.bytes(one.finish());
  }
  return w.finish();
}

/** Where one of the threes in `socketsOpened.ignored` points: the option's label, or the link. */
export function ignoredLabel(spec: SocketSpec, port: number, index: number): string {
  if (port === 0xffff_ffff) return spec.links[index] ?? "";
  const at = spec.ports[port];
  if (at === undefined) return "";
  if (at.kind === "fifo") return "F_SETPIPE_SZ";
  return at.kind === "socket" ? ([...at.before, ...at.after][index]?.label ?? "") : "";
}
