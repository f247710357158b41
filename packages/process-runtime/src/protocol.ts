/**
 * The messages between keeper, manager and journal process, as one table: name, type number and fields in wire order.
 * Types, encoders, decoders and the check against keeper/proto.h all come from here.
 */

/** How one field stands on the wire. Integers are little-endian; `str` and `bytes` are a u32 length and that many bytes. */
export interface FieldTypes {
  u8: number;
  u32: number;
  i32: number;
  u64: number;
  bool: boolean;
  /** At the end of a message: false where the keeper was started by a build that did not say it yet. */
  lateBool: boolean;
  str: string;
  bytes: Uint8Array;
  u64s: readonly number[];
}

type FieldType = keyof FieldTypes;

/** One message: its type number and its fields in wire order. */
interface MessageSpec {
  readonly type: number;
  readonly fields: Readonly<Record<string, FieldType>>;
}

/** A family of messages by name. */
export type MessageTable = Readonly<Record<string, MessageSpec>>;

/** The union of the messages of a table, told apart by `kind`. */
export type MessageOf<T extends MessageTable> = {
  [K in keyof T]: { readonly kind: K } & { readonly [F in keyof T[K]["fields"]]: FieldTypes[T[K]["fields"][F]] };
}[keyof T];

/** Version of the wire protocol; keeper and client must agree. */
export const protocolVersion = 1;

/** The longest frame: type byte and payload, in bytes. */
export const maxFrameLength = 1 << 20;

/** Manager to keeper. On the wire each is preceded by its u64 command number (0: executed, not remembered). */
export const commandTable = {
  spawn: { type: 1, fields: { token: "u64", group: "str", plan: "bytes" } },
  signal: { type: 2, fields: { token: "u64", signo: "u32", hasValue: "bool", value: "i32" } },
  adopt: { type: 3, fields: { token: "u64", group: "str", pid: "u32", force: "bool" } },
  release: { type: 4, fields: { token: "u64" } },
  groupSignal: { type: 5, fields: { group: "str", signo: "u32", exceptTokens: "u64s" } },
  groupFreeze: { type: 6, fields: { group: "str" } },
  groupThaw: { type: 7, fields: { group: "str" } },
  groupRemove: { type: 8, fields: { group: "str" } },
  groupMode: { type: 9, fields: { cgroupBase: "str" } },
  groupCreate: { type: 10, fields: { group: "str", path: "str" } },
  listen: { type: 11, fields: { id: "str", listener: "u8", path: "str", mode: "u32", uid: "u32", gid: "u32" } },
  unlisten: { type: 12, fields: { id: "str" } },
  connSend: { type: 13, fields: { conn: "u64", data: "bytes" } },
  connClose: { type: 14, fields: { conn: "u64" } },
  log: { type: 15, fields: { entry: "bytes" } },
  lock: { type: 16, fields: { path: "str" } },
  closeFd: { type: 17, fields: { fd: "u64" } },
  watchPath: { type: 18, fields: { id: "str", path: "str", mask: "u32" } },
  unwatchPath: { type: 19, fields: { id: "str" } },
  exit: { type: 20, fields: { status: "u32" } },
  reboot: { type: 21, fields: { command: "u32" } },
  journalConfig: { type: 22, fields: { config: "bytes" } },
  /** Tells by `fdHung`, once, when the other end of a kept descriptor is gone. */
  fdWatch: { type: 50, fields: { fd: "u64", group: "str" } },
  /** Tells by `mountsChanged`, once, when /proc/self/mountinfo is another than when that was last told. */
  mountsWatch: { type: 51, fields: {} },
  ack: { type: 23, fields: { seq: "u64" } },
  /** Opens the sockets of a unit under a number that is never reused: answered by `socketsOpened`. `spec`: src/sockets/spec.ts. */
  socketsOpen: { type: 30, fields: { set: "u64", unit: "str", spec: "bytes" } },
  /** Watches them (`socketReady`, once; `socketAccepted` for each connection), or no longer. `flush`: what waits is thrown away first. */
  socketsArm: { type: 31, fields: { set: "u64", on: "bool", flush: "bool" } },
  socketsClose: { type: 32, fields: { set: "u64", remove: "bool" } },
  attach: { type: 60, fields: { token: "u64", group: "str", pid: "u32", startTicks: "u64" } },
  connect: { type: 61, fields: { conn: "u64", path: "str" } },
  holdFd: { type: 62, fields: { fd: "u64" } },
  watchWay: { type: 40, fields: { id: "str", path: "str", mask: "u32" } },
  unwatchAll: { type: 41, fields: { starts: "str" } },
} as const satisfies MessageTable;

/** Keeper to manager. On the wire each is preceded by seq, monotonic, boottime and realtime (u64, microseconds). */
export const eventTable = {
  hello: {
    type: 128,
    fields: {
      protocol: "u32",
      generation: "u64",
      bootId: "str",
      lastCommand: "u64",
      isPid1: "bool",
      keeperPid: "u32",
      oldestSeq: "u64",
    },
  },
  rowToken: {
    type: 129,
    fields: {
      token: "u64",
      group: "str",
      pid: "u32",
      state: "u8",
      exec: "u8",
      code: "u32",
      status: "u32",
      userUsec: "u64",
      systemUsec: "u64",
      maxRssKib: "u64",
      exitMonotonicUsec: "u64",
      exitRealtimeUsec: "u64",
    },
  },
  rowGroup: { type: 130, fields: { group: "str", mode: "u8", path: "str", reaperPid: "u32", empty: "bool" } },
  rowListener: { type: 131, fields: { id: "str", listener: "u8", path: "str" } },
  rowFd: { type: 132, fields: { fd: "u64", originSeq: "u64" } },
  rowStream: { type: 133, fields: { stream: "u64", token: "u64" } },
  rowSockets: { type: 136, fields: { set: "u64", unit: "str", armed: "bool", fds: "u64s" } },
  inventoryEnd: { type: 134, fields: {} },
  spawned: { type: 140, fields: { token: "u64", pid: "u32" } },
  execOk: { type: 141, fields: { token: "u64" } },
  execFailed: { type: 142, fields: { token: "u64", status: "u32", errno: "u32", step: "u32" } },
  exited: {
    type: 143,
    fields: {
      token: "u64",
      pid: "u32",
      code: "u32",
      status: "u32",
      userUsec: "u64",
      systemUsec: "u64",
      maxRssKib: "u64",
      lastOfGroup: "lateBool",
    },
  },
  groupEmpty: { type: 144, fields: { group: "str" } },
  connOpened: { type: 145, fields: { conn: "u64", listener: "str", pid: "u32", uid: "u32", gid: "u32" } },
  connData: { type: 146, fields: { conn: "u64", data: "bytes", fds: "u64s" } },
  connClosed: { type: 147, fields: { conn: "u64" } },
  notify: {
    type: 148,
    fields: {
      listener: "str",
      group: "str",
      token: "u64",
      pid: "u32",
      uid: "u32",
      gid: "u32",
      data: "bytes",
      fds: "u64s",
      /** For each descriptor the one kept before that is the same open file, or 0. */
      same: "u64s",
    },
  },
  signalled: { type: 149, fields: { signo: "u32", pid: "u32", uid: "u32" } },
  locked: { type: 150, fields: { path: "str", ok: "bool", holderPid: "u32", errno: "u32" } },
  listening: { type: 151, fields: { id: "str", errno: "u32" } },
  pathChanged: { type: 152, fields: { id: "str", mask: "u32", errno: "u32" } },
  clockChanged: { type: 153, fields: {} },
  adopted: { type: 154, fields: { token: "u64", pid: "u32", errno: "u32" } },
  groupCreated: { type: 155, fields: { group: "str", errno: "u32" } },
  stepIgnored: { type: 156, fields: { token: "u64", status: "u32", errno: "u32", step: "u32" } },
  groupFrozen: { type: 185, fields: { group: "str", frozen: "bool", errno: "u32" } },
  watching: { type: 180, fields: { id: "str", errno: "u32" } },
  fdHung: { type: 186, fields: { fd: "u64", group: "str" } },
  mountsChanged: { type: 187, fields: {} },
  journalDied: { type: 157, fields: { pid: "u32", code: "u32", status: "u32" } },
  /** All of a set's sockets with the ids of their descriptors, or which port failed; `ignored` are threes: port, option or link, errno. */
  socketsOpened: {
    type: 170,
    fields: { set: "u64", unit: "str", stage: "u8", port: "u32", errno: "u32", fds: "u64s", ignored: "u64s" },
  },
  socketReady: { type: 171, fields: { set: "u64", unit: "str", port: "u32", events: "u32", errno: "u32" } },
  /** A connection, kept as `fd` until `closeFd`. `pid`, `uid` and `gid` are known of AF_UNIX alone; the addresses are sockaddrs. */
  socketAccepted: {
    type: 172,
    fields: {
      set: "u64",
      unit: "str",
      port: "u32",
      fd: "u64",
      pid: "u32",
      uid: "u32",
      gid: "u32",
      local: "bytes",
      remote: "bytes",
    },
  },
} as const satisfies MessageTable;

/** Keeper to journal process. */
export const journalInTable = {
  journalHello: { type: 191, fields: { protocol: "u32", generation: "u64", bootId: "str", keeperPid: "u32" } },
  config: { type: 192, fields: { config: "bytes" } },
  streamOpen: { type: 193, fields: { stream: "u64", metadata: "bytes" } },
  streamData: {
    type: 194,
    fields: {
      stream: "u64",
      offset: "u64",
      pid: "u32",
      uid: "u32",
      gid: "u32",
      comm: "str",
      group: "str",
      realtimeUsec: "u64",
      monotonicUsec: "u64",
      data: "bytes",
    },
  },
  streamEof: { type: 195, fields: { stream: "u64", offset: "u64" } },
  datagram: {
    type: 196,
    fields: {
      source: "u8",
      seq: "u64",
      pid: "u32",
      uid: "u32",
      gid: "u32",
      comm: "str",
      group: "str",
      realtimeUsec: "u64",
      monotonicUsec: "u64",
      data: "bytes",
    },
  },
} as const satisfies MessageTable;

/** Journal process to keeper. */
export const journalOutTable = {
  streamAck: { type: 224, fields: { stream: "u64", offset: "u64" } },
  datagramAck: { type: 225, fields: { source: "u8", seq: "u64" } },
} as const satisfies MessageTable;

/** What a listener is for; the keeper reads each kind by its own protocol. */
export const listenerKind = { control: 0, notify: 1, logNative: 2, logSyslog: 3, logStdout: 4 } as const;

/** Where a datagram came from. */
export const datagramSource = { native: 0, syslog: 1, manager: 2 } as const;

/** State of a token in an inventory row. */
export const tokenState = { starting: 0, alive: 1, exited: 2 } as const;

/** Whether a token's plan got to its end: not yet, exec worked, a step failed. */
export const execState = { pending: 0, ok: 1, failed: 2 } as const;

/** How far opening a set of sockets got: done, a socket could not be opened, a node not given to its owner. */
export const socketsStage = { opened: 0, open: 1, own: 2 } as const;

/** How a group's processes are known. */
export const groupMode = { reaper: 0, cgroup: 1, direct: 2 } as const;
