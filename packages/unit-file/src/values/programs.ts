import { simplifyPath } from "../escape-name.ts";
import type { Kind } from "./kind.ts";
import { list } from "./lists.ts";
import { parseInteger } from "./numbers.ts";

/** Where a BPF program may be attached to a control group (bpf(2)). */
const bpfTypes = new Set(
  "ingress egress sock_create sock_ops device bind4 bind6 connect4 connect6 post_bind4 post_bind6 sendmsg4 sendmsg6 sysctl recvmsg4 recvmsg6 getsockopt setsockopt".split(
    " ",
  ),
);

/** `ingress:/path` and the like (BPFProgram=). */
export const bpfPrograms: Kind<readonly { readonly type: string; readonly path: string }[]> = list(
  "type and path",
  "a(ss)",
  (a, add) => {
    const colon = a.value.indexOf(":");
    const type = a.value.slice(0, Math.max(0, colon));
    const path = a.expand(a.value.slice(colon + 1));
    if (colon < 0 || path === undefined) a.warn(`Invalid syntax in ${a.directive}=, ignoring: ${a.value}`);
    else if (!bpfTypes.has(type)) a.warn(`Unknown BPF attach type=${type}, ignoring: ${a.value}`);
    else if (!path.startsWith("/")) a.warn(`${a.directive}= path is not absolute, ignoring: ${path}`);
    else add({ type, path: simplifyPath(path) });
  },
  (v) => v.map((p) => [p.type, p.path]).reverse(),
);

/** SocketBindAllow=: which addresses may be bound. */
export interface SocketBindRule {
  readonly family: number;
  readonly protocol: number;
  readonly ports: number;
  readonly firstPort: number;
}

export const socketBind: Kind<readonly SocketBindRule[]> = {
  name: "list of bind rules",
  signature: "a(iiqq)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    if (a.value === "any") return [...previous, { family: 0, protocol: 0, ports: 0, firstPort: 0 }];
    const parts = a.value.split(":");
    let family = 0;
    let protocol = 0;
    if (parts[0] === "ipv4" || parts[0] === "ipv6") family = parts.shift() === "ipv4" ? 2 : 10;
    if (parts[0] === "tcp" || parts[0] === "udp") protocol = parts.shift() === "tcp" ? 6 : 17;
    const port = parts.shift();
    const bad = (): readonly SocketBindRule[] => {
      a.warn(`Unable to parse ${a.directive}= assignment, ignoring: ${a.value}`);
      return previous;
    };
    if (parts.length > 0) return bad();
    if (port === undefined || port === "any") return [...previous, { family, protocol, ports: 0, firstPort: 0 }];
    const [first = 0, last = first] = port.split("-", 2).map((p) => parseInteger(p, 0, 65535) ?? Number.NaN);
    if (!(first >= 1 && last <= 65535 && first <= last)) return bad();
    return [...previous, { family, protocol, ports: last - first + 1, firstPort: first }];
  },
  // The last one written is shown first.
  toBus: (v) => v.map((r) => [r.family, r.protocol, r.ports, r.firstPort]).reverse(),
};
