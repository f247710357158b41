import type { BusValue, Kind } from "./kind.ts";
import { parseUnsigned } from "./numbers.ts";
import { scalar } from "./scalars.ts";

/** A label or profile that may be missing when `-` stands before it. */
export const securityLabel: Kind<{ readonly ignore: boolean; readonly label: string }> = scalar(
  "security label",
  "(bs)",
  { ignore: false, label: "" },
  (t, a) => {
    if (t === "") return { ignore: false, label: "" };
    const ignore = t.startsWith("-");
    const label = a.expand(ignore ? t.slice(1) : t);
    if (label !== undefined) return { ignore, label };
    const message = `Failed to resolve unit specifiers in '${t}'`;
    if (ignore) a.warn(`${message}, ignoring: ${a.expandError()}`);
    else a.refuse(`${message}: ${a.expandError()}`);
    return undefined;
  },
  (v): BusValue => [v.ignore, v.label],
);

/** A terminal's rows or columns; unset is the largest number. */
export const terminalSize: Kind<number | undefined> = {
  name: "number",
  signature: "q",
  repeats: "replaces",
  initial: undefined,
  assign(previous, a) {
    if (a.value === "") return undefined;
    const value = parseUnsigned(a.value);
    if (value === undefined) a.warn(`Failed to parse unsigned value, ignoring: ${a.value}`);
    return value ?? previous;
  },
  // Sixteen bits on the bus, more in the file.
  toBus: (v) => (v ?? 65535) & 0xffff,
};
