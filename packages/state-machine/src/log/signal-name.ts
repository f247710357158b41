const names = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU " +
  "XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

const REALTIME_FIRST = 34;
const REALTIME_LAST = 64;

/** signal(7): the name without SIG, "RTMIN+3" for real-time signals, "n/a" for what is none. */
export function signalName(signal: number): string {
  const name = names[signal - 1];
  if (name !== undefined) return name;
  if (signal < REALTIME_FIRST || signal > REALTIME_LAST) return "n/a";
  return signal === REALTIME_FIRST ? "RTMIN" : `RTMIN+${signal - REALTIME_FIRST}`;
}
