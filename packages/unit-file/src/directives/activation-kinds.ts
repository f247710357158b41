import { parseBoolean } from "../values/numbers.ts";
import { choice, scalar } from "../values/scalars.ts";

/** BindIPv6Only=: default, both, ipv6-only, or a boolean as older versions had it. */
export const bindIpv6Only = choice("bind IPv6 only value", ["default", "both", "ipv6-only"], "default", {
  yes: "ipv6-only",
  true: "ipv6-only",
  "1": "ipv6-only",
  on: "ipv6-only",
  no: "both",
  false: "both",
  "0": "both",
  off: "both",
});

/** Timestamping=: off, us, ns, or other ways to write them. */
export const timestamping = scalar(
  "timestamping precision",
  "s",
  "off",
  (t, a) => {
    if (t === "us" || t === "usec" || t === "µs") return "us";
    if (t === "ns" || t === "nsec") return "ns";
    if (t === "off" || parseBoolean(t) === false) return "off";
    if (parseBoolean(t) === true) return "us";
    a.warn(`Failed to parse timestamping precision, ignoring: ${t}`);
    return undefined;
  },
  (v) => v,
  ["off", "us", "ns"],
);
