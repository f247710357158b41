/**
 * Why a dependency exists, as `systemd --test` prints it: `file` (a unit file or a .wants/ directory), `implicit` (the type or a directive means it),
 * `default` (DefaultDependencies=), `slice-property` (Slice=), `mount-file` (what a mount's file says), `mountinfo` (a mount without a file), `udev`.
 */
export type DependencyOrigin = "file" | "implicit" | "default" | "slice-property" | "mount-file" | "mountinfo" | "udev";

/** Origins as bits, so that one edge may have several. What depends on how two units are is kept apart: it goes when either goes. */
export const originBits = {
  file: 1,
  implicit: 2,
  default: 4,
  "slice-property": 8,
  mountinfo: 16,
  udev: 32,
  pathFile: 64,
  pathImplicit: 128,
  memberOfTarget: 256,
  "mount-file": 512,
} as const;

/** How many bits origins take. */
export const ORIGIN_BITS = 10;

/** Both kinds of path. */
export const PATH_BITS = originBits.pathFile | originBits.pathImplicit;

const shown: readonly (readonly [DependencyOrigin, number])[] = [
  ["file", originBits.file | originBits.pathFile],
  ["implicit", originBits.implicit | originBits.pathImplicit],
  ["default", originBits.default | originBits.memberOfTarget],
  ["slice-property", originBits["slice-property"]],
  ["mount-file", originBits["mount-file"]],
  ["mountinfo", originBits.mountinfo],
  ["udev", originBits.udev],
];

/** The origins in a set of bits. */
export function originsIn(bits: number): DependencyOrigin[] {
  return shown.filter(([, mask]) => bits & mask).map(([origin]) => origin);
}
