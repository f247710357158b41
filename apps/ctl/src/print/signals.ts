/** Signals by name and number, on Linux (signal(7)); systemd names the realtime ones RTMIN+n. */
const names = [
  "",
  "HUP",
  "INT",
  "QUIT",
  "ILL",
  "TRAP",
  "ABRT",
  "BUS",
  "FPE",
  "KILL",
  "USR1",
  "SEGV",
  "USR2",
  "PIPE",
  "ALRM",
  "TERM",
  "STKFLT",
  "CHLD",
  "CONT",
  "STOP",
  "TSTP",
  "TTIN",
  "TTOU",
  "URG",
  "XCPU",
  "XFSZ",
  "VTALRM",
  "PROF",
  "WINCH",
  "IO",
  "PWR",
  "SYS",
];
const RTMIN = 34;
const RTMAX = 64;

/** "TERM", "RTMIN+3" or the number. */
export function signalName(signal: number): string {
  if (signal >= RTMIN && signal <= RTMAX) return `RTMIN+${signal - RTMIN}`;
  return names[signal] || String(signal);
}

/** A signal from its name, with or without SIG, or its number. */
export function parseSignal(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) >= 1 && Number(text) <= RTMAX ? Number(text) : undefined;
  const name = text.replace(/^SIG/, "");
  const realtime = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (realtime !== null) {
    const offset = Number(realtime[3] ?? 0) * (realtime[2] === "-" ? -1 : 1);
    const signal = (realtime[1] === "MIN" ? RTMIN : RTMAX) + offset;
    return signal >= RTMIN && signal <= RTMAX ? signal : undefined;
  }
  const index = name === "POLL" ? 29 : name === "" ? -1 : names.indexOf(name);
  return index > 0 ? index : undefined;
}

/** All signals as `kill --signal=help` lists them. */
export function signalList(): readonly string[] {
  return Array.from({ length: RTMAX + 1 }, (_, signal) => signalName(signal));
}
