/** Now, in microseconds since 1970. */
export function nowUsec(): number {
  return Date.now() * 1000;
}

/** The kernel's monotonic clock in microseconds. */
export function monotonicUsec(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
