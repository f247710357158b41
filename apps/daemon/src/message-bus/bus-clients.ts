import type { References } from "../transient/references.ts";

/**
 * Clients on the bus that are owed something: signals that they subscribed to, the end of a job that they asked for, a unit that
 * they hold. With none of them, nothing is said there (org.freedesktop.systemd1(5), Subscribe()).
 */
export class BusClients {
  private readonly subscribed = new Set<string>();
  private readonly jobs = new Map<number, string>();
  private readonly references: References;
  private readonly changed: () => void;

  /** `changed` is told when what has to outlive this process is another. */
  constructor(references: References, changed: () => void) {
    this.references = references;
    this.changed = changed;
  }

  get isEmpty(): boolean {
    return this.subscribed.size === 0 && this.jobs.size === 0 && this.references.holders().size === 0;
  }

  /** Every name that something is kept for. */
  names(): ReadonlySet<string> {
    return new Set([...this.subscribed, ...this.jobs.values(), ...this.references.holders()]);
  }

  /** Takes over what an earlier manager knew. */
  restore(subscribers: readonly string[]): void {
    for (const name of subscribers) this.subscribed.add(name);
  }

  subscribe(name: string): void {
    this.subscribed.add(name);
    this.changed();
  }

  /** False when it had not subscribed. */
  unsubscribe(name: string): boolean {
    const was = this.subscribed.delete(name);
    if (was) this.changed();
    return was;
  }

  get subscribers(): readonly string[] {
    return [...this.subscribed];
  }

  /** Whoever asks for a job hears how it ends. */
  asked(job: number, name: string): void {
    this.jobs.set(job, name);
  }

  jobEnded(job: number): void {
    this.jobs.delete(job);
  }

  /** The client has left the bus. */
  leave(name: string): void {
    this.subscribed.delete(name);
    for (const [job, asker] of this.jobs) if (asker === name) this.jobs.delete(job);
    this.references.leave(name);
    this.changed();
  }

  /** The bus itself is gone, and with it all its clients. */
  leaveAll(): void {
    for (const name of this.names()) this.leave(name);
  }
}
