/** Kernel numbers of Personality= (personality(2), systemd.exec(5)). */
const numbers: Readonly<Record<string, number>> = {
  x86: 0x0008,
  "x86-64": 0x0000,
  arm64: 0x0000,
  "ppc64-le": 0x0000,
  s390x: 0x0000,
};

/** The number, or undefined where nothing is to change. */
export function personalityNumber(name: string): number | undefined {
  return name === "" ? undefined : numbers[name];
}
