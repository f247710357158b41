/** A value as it goes over D-Bus: structs and arrays are arrays, `t` and `x` are bigints. */
export type BusValue = string | number | bigint | boolean | readonly BusValue[];

export interface Property {
  readonly name: string;
  readonly signature: string;
  readonly value: BusValue;
}

/** Microseconds as `t`; no time at all is the highest number. */
export function usec(value: number): bigint {
  return value === Number.POSITIVE_INFINITY ? 0xffff_ffff_ffff_ffffn : BigInt(Math.floor(value));
}

/** systemd's pairs of timestamps: NAME and NAMEMonotonic. */
export function timestamp(
  name: string,
  at: { readonly realtimeUsec: number; readonly monotonicUsec: number },
): Property[] {
  return [
    { name, signature: "t", value: usec(at.realtimeUsec) },
    { name: `${name}Monotonic`, signature: "t", value: usec(at.monotonicUsec) },
  ];
}
