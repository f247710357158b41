/** systemd's names of syslog(3) priorities, in order. */
const names = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;

/** How much the manager says: lines of a lesser priority are left out (systemd(1), --log-level=). */
export class LogLevel {
  private level = 6;

  get name(): string {
    return names[this.level] as string;
  }

  /** Whether the name, or number, was one. */
  set(value: string): boolean {
    const index = /^[0-7]$/.test(value) ? Number(value) : (names as readonly string[]).indexOf(value);
    if (index < 0) return false;
    this.level = index;
    return true;
  }

  allows(priority: number): boolean {
    return priority <= this.level;
  }
}
