/**
 * Why a dependency exists, as `systemd --test` prints it: `file` (a unit file or a .wants/ directory), `implicit` (the type or a directive means it),
 * `default` (DefaultDependencies=), `slice-property` (Slice=), `mountinfo`, `udev` (found at run time).
 */
export type DependencyOrigin = "file" | "implicit" | "default" | "slice-property" | "mountinfo" | "udev";

/** Origins as bits, so that one edge may have several. The two that come from a needed path are kept apart: they go with the mount. */
export const originBits = {
  file: 1,
  implicit: 2,
  default: 4,
  "slice-property": 8,
  mountinfo: 16,
  udev: 32,
  pathFile: 64,
  pathImplicit: 128,
} as const;

/** Both kinds of path. */
export const PATH_BITS = originBits.pathFile | originBits.pathImplicit;

const shown: readonly (readonly [DependencyOrigin, number])[] = [
  ["file", originBits.file | originBits.pathFile],
  ["implicit", originBits.implicit | originBits.pathImplicit],
  ["default", originBits.default],
  ["slice-property", originBits["slice-property"]],
  ["mountinfo", originBits.mountinfo],
  ["udev", originBits.udev],
];

/** The origins in a set of bits. */
export function originsIn(bits: number): DependencyOrigin[] {
  return shown.filter(([, mask]) => bits & mask).map(([origin]) => origin);
}
