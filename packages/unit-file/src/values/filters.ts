import { byBytes } from "../text.ts";
import type { Kind } from "./kind.ts";
import { forEachWord } from "./lists.ts";

/** Address families by name (socket(2)). */
export const addressFamilies: Readonly<Record<string, number>> = {
  AF_UNSPEC: 0,
  AF_UNIX: 1,
  AF_LOCAL: 1,
  AF_FILE: 1,
  AF_INET: 2,
  AF_AX25: 3,
  AF_IPX: 4,
  AF_APPLETALK: 5,
  AF_NETROM: 6,
  AF_BRIDGE: 7,
  AF_ATMPVC: 8,
  AF_X25: 9,
  AF_INET6: 10,
  AF_ROSE: 11,
  AF_DECnet: 12,
  AF_NETBEUI: 13,
  AF_SECURITY: 14,
  AF_KEY: 15,
  AF_NETLINK: 16,
  AF_ROUTE: 16,
  AF_PACKET: 17,
  AF_ASH: 18,
  AF_ECONET: 19,
  AF_ATMSVC: 20,
  AF_RDS: 21,
  AF_SNA: 22,
  AF_IRDA: 23,
  AF_PPPOX: 24,
  AF_WANPIPE: 25,
  AF_LLC: 26,
  AF_IB: 27,
  AF_MPLS: 28,
  AF_CAN: 29,
  AF_TIPC: 30,
  AF_BLUETOOTH: 31,
  AF_IUCV: 32,
  AF_RXRPC: 33,
  AF_ISDN: 34,
  AF_PHONET: 35,
  AF_IEEE802154: 36,
  AF_CAIF: 37,
  AF_ALG: 38,
  AF_NFC: 39,
  AF_VSOCK: 40,
  AF_KCM: 41,
  AF_QIPCRTR: 42,
  AF_SMC: 43,
  AF_XDP: 44,
  AF_MCTP: 45,
};

/** A list of names that is either of what is allowed (`~` absent) or of what is not. */
export interface NameFilter {
  readonly allowList: boolean;
  readonly names: readonly string[];
}

/** What `none` says. An assignment after it begins anew: it may be a list of what is not allowed. */
const noFamilies: NameFilter = { allowList: true, names: [] };

/** RestrictAddressFamilies=: `none` allows nothing. */
export const restrictAddressFamilies: Kind<NameFilter | undefined> = {
  name: "list of address families",
  signature: "(bas)",
  repeats: "adds",
  initial: undefined,
  choices: ["none", ...Object.keys(addressFamilies)],
  assign(previous, a) {
    if (a.value === "") return undefined;
    if (a.value === "none") return noFamilies;
    const invert = a.value.startsWith("~");
    const allowList = previous && previous !== noFamilies ? previous.allowList : !invert;
    const names = new Set(previous?.names);
    forEachWord(
      a,
      { unquote: true },
      (word) => {
        const number = Object.hasOwn(addressFamilies, word) ? addressFamilies[word] : undefined;
        if (number === undefined) {
          a.warn(`Failed to parse address family, ignoring: ${word}`);
          return;
        }
        const canonical = canonicalFamily(number) ?? word;
        if (invert !== allowList) names.add(canonical);
        else names.delete(canonical);
      },
      invert ? a.value.slice(1) : a.value,
    );
    return { allowList, names: [...names] };
  },
  toBus: (v) => (v ? [v.allowList, [...v.names].sort(byBytes)] : [false, []]),
};

function canonicalFamily(number: number): string | undefined {
  return Object.keys(addressFamilies).find((name) => addressFamilies[name] === number);
}

/** RestrictFileSystems= and RestrictNetworkInterfaces=: names, `@sets` as they stand. */
export function nameFilter(
  name: string,
  isValid: (word: string) => boolean = () => true,
): Kind<NameFilter | undefined> {
  return {
    name,
    signature: "(bas)",
    repeats: "adds",
    initial: undefined,
    assign(previous, a) {
      // Emptied, it stays the kind of list that it was.
      if (a.value === "") return previous && { allowList: previous.allowList, names: [] };
      const invert = a.value.startsWith("~");
      const allowList = previous ? previous.allowList : !invert;
      const names = new Set(previous?.names);
      forEachWord(
        a,
        { unquote: true, retainEscape: true },
        (word) => {
          if (!isValid(word)) a.warn(`Invalid interface name, ignoring: ${word}`);
          else if (invert !== allowList) names.add(word);
          else names.delete(word);
        },
        invert ? a.value.slice(1) : a.value,
      );
      return { allowList, names: [...names] };
    },
    toBus: (v) => (v ? [v.allowList, [...v.names].sort(byBytes)] : [false, []]),
  };
}

/** Whether text may name a network interface: at most 15 visible ASCII characters, none of `:/%`, not digits alone. */
export function isInterfaceName(text: string): boolean {
  return (
    /^[\x21-\x7e]{1,15}$/.test(text) &&
    !/[:/%]/.test(text) &&
    !/^[0-9]+$/.test(text) &&
    ![".", "..", "all", "default"].includes(text)
  );
}
