/**
 * Why a dependency exists, as `systemd --test` prints it: `file` (a unit file or a .wants/ directory), `implicit` (the type or a directive means it),
 * `default` (DefaultDependencies=), `slice` (Slice=), `path` (RequiresMountsFor=), `mountinfo`, `udev` (found at run time).
 */
export type DependencyOrigin = "file" | "implicit" | "default" | "slice" | "path" | "mountinfo" | "udev";

/** Origins as bits, so that one edge may have several. */
export const originBits: Readonly<Record<DependencyOrigin, number>> = {
  file: 1,
  implicit: 2,
  default: 4,
  slice: 8,
  path: 16,
  mountinfo: 32,
  udev: 64,
};

/** The origins in a set of bits. */
export function originsIn(bits: number): DependencyOrigin[] {
  return (Object.keys(originBits) as DependencyOrigin[]).filter((origin) => bits & originBits[origin]);
}
