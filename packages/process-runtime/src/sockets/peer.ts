/** Who is at the other end of a connection, in the words that systemd has for instances, environments and descriptions. */
import { family, readAddress } from "./address.ts";

/** A connection that a socket with Accept=yes took. */
export interface ConnectionPeer {
  /** What follows the number in the instance's name: "127.0.0.1:80-127.0.0.1:4711", "123-0" (pid, uid), "unknown". */
  readonly instance: string;
  /** What the service's description shows in brackets; empty where nothing is known. */
  readonly shown: string;
  /** $REMOTE_ADDR, and who is counted by MaxConnectionsPerSource=; empty where there is none. */
  readonly address: string;
  readonly port: number;
}

/** What the keeper read of a connection. */
export interface AcceptedConnection {
  readonly local: Uint8Array;
  readonly remote: Uint8Array;
  readonly pid: number;
  readonly uid: number;
}

/** systemd.socket(5), Accept=, and the instances that systemd 252 makes. */
export function describePeer(connection: AcceptedConnection): ConnectionPeer {
  const local = readAddress(connection.local);
  const remote = readAddress(connection.remote);
  switch (local.domain) {
    case family.inet:
    case family.inet6: {
      const shown = remote.host.includes(":") ? `[${remote.host}]:${remote.port}` : `${remote.host}:${remote.port}`;
      const instance = `${local.host}:${local.port}-${remote.host}:${remote.port}`;
      return { instance, shown, address: remote.host, port: remote.port };
    }
    case family.vsock: {
      const instance = `${local.host}:${local.port}-${remote.host}:${remote.port}`;
      const address = `vsock:${remote.host}`;
      return { instance, shown: `${address}:${remote.port}`, address, port: remote.port };
    }
    default: {
      // A process of another pid namespace has no number here.
      const known = connection.pid > 0;
      const instance = known ? `${connection.pid}-${connection.uid}` : "unknown";
      return { instance, shown: known ? `PID ${connection.pid}/UID ${connection.uid}` : "", address: "", port: 0 };
    }
  }
}
