import type { KeeperClient, KeeperEvent } from "@steward/process-runtime";

/** The keeper's answer to a command that is sent before the loop runs; other events wait meanwhile. */
export class EarlyEvents {
  private readonly held: KeeperEvent[] = [];
  private waiting:
    | { readonly wanted: (event: KeeperEvent) => boolean; readonly resolve: (event: KeeperEvent) => void }
    | undefined;
  private deliver: ((event: KeeperEvent) => void) | undefined;

  constructor(keeper: KeeperClient) {
    keeper.start((event) => this.take(event));
  }

  /** The next event of one kind. */
  wait<K extends KeeperEvent["kind"]>(
    kind: K,
    matches: (event: Extract<KeeperEvent, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<KeeperEvent, { kind: K }>> {
    const wanted = (event: KeeperEvent): boolean =>
      event.kind === kind && matches(event as Extract<KeeperEvent, { kind: K }>);
    const at = this.held.findIndex(wanted);
    if (at >= 0) return Promise.resolve(this.held.splice(at, 1)[0] as Extract<KeeperEvent, { kind: K }>);
    return new Promise((resolve) => {
      this.waiting = { wanted, resolve: (event) => resolve(event as Extract<KeeperEvent, { kind: K }>) };
    });
  }

  /** From now on events go straight to the loop, the held ones first. */
  handOver(deliver: (event: KeeperEvent) => void): void {
    this.deliver = deliver;
    for (const event of this.held.splice(0)) deliver(event);
  }

  private take(event: KeeperEvent): void {
    if (this.deliver !== undefined) return this.deliver(event);
    if (this.waiting?.wanted(event)) {
      const { resolve } = this.waiting;
      this.waiting = undefined;
      resolve(event);
    } else this.held.push(event);
  }
}
