import {
  busLabelEscape,
  busLabelUnescape,
  type ClientConnection,
  connectBus,
  type Message,
  unwrap,
  type Value,
} from "@steward/ipc";

/** What a unit shows in one moment. */
interface Shown {
  active: string;
  sub: string;
  result: string;
  restarts: number;
  main: string;
}

const unitPrefix = "/org/freedesktop/systemd1/unit/";

/**
 * Listens on the manager's private socket, as any client may, and keeps for each unit what it went through: states as
 * PropertiesChanged showed them, and the results of its jobs. The same for the genuine systemd and for steward.
 */
export class Collector {
  private readonly bus: ClientConnection;
  private readonly shown = new Map<string, Shown>();
  private readonly rows = new Map<string, string[]>();
  private readonly waiting = new Set<() => void>();

  private constructor(bus: ClientConnection) {
    this.bus = bus;
    bus.onSignal((signal) => this.take(signal));
  }

  static async open(path: string): Promise<Collector> {
    const bus = connectBus({ path, destination: "org.freedesktop.systemd1" });
    await bus.ready;
    const collector = new Collector(bus);
    await collector.manager("Subscribe");
    return collector;
  }

  manager(member: string, signature = "", body: readonly Value[] = []): Promise<Value[]> {
    const call = { path: "/org/freedesktop/systemd1", interface: "org.freedesktop.systemd1.Manager", member };
    return this.bus.call({ ...call, ...(signature === "" ? {} : { signature, body }) });
  }

  /** All properties of a unit, as `systemctl show` asks for them. */
  async unit(name: string): Promise<Map<string, unknown>> {
    const path = `${unitPrefix}${busLabelEscape(name)}`;
    const call = { path, interface: "org.freedesktop.DBus.Properties", member: "GetAll", signature: "s", body: [""] };
    const [all] = await this.bus.call(call);
    return new Map([...(all as unknown as Map<string, Value>)].map(([name, value]) => [name, unwrap(value)]));
  }

  /** What a unit has gone through so far, oldest first. */
  trace(unit: string): readonly string[] {
    return this.rows.get(unit) ?? [];
  }

  units(): readonly string[] {
    return [...this.rows.keys()];
  }

  /** Resolves to true when a unit is in this state (ActiveState or SubState), or to false after so long. */
  async until(unit: string, state: string, withinMs: number): Promise<boolean> {
    const there = (): boolean => {
      const { active, sub } = this.shown.get(unit) ?? { active: "inactive", sub: "dead" };
      return active === state || sub === state;
    };
    const end = performance.now() + withinMs;
    while (!there()) {
      const left = end - performance.now();
      if (left <= 0) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, left);
      this.waiting.add(resolve);
      await promise;
      clearTimeout(timer);
    }
    return true;
  }

  close(): void {
    this.bus.close();
  }

  private take(signal: Message): void {
    const { path, member } = signal;
    if (member === "JobRemoved") {
      const [, , unit, result] = signal.body() as [number, string, string, string];
      this.add(unit, `job ${result}`);
    } else if (member === "PropertiesChanged" && path?.startsWith(unitPrefix)) {
      const [of, changed] = signal.body() as unknown as [string, Map<string, Value>];
      this.changed(busLabelUnescape(path.slice(unitPrefix.length)), of, changed);
    } else return;
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  /** The type's properties come first, the unit's after them: then both belong to one moment. */
  private changed(unit: string, of: string, changed: ReadonlyMap<string, Value>): void {
    const now: Shown = this.shown.get(unit) ?? { active: "inactive", sub: "dead", result: "", restarts: 0, main: "" };
    const get = (name: string): unknown => (changed.has(name) ? unwrap(changed.get(name) as Value) : undefined);
    if (of !== "org.freedesktop.systemd1.Unit") {
      now.result = (get("Result") as string | undefined) ?? now.result;
      now.restarts = (get("NRestarts") as number | undefined) ?? now.restarts;
      const code = get("ExecMainCode");
      if (code !== undefined) now.main = code === 0 ? "" : `${code}/${get("ExecMainStatus")}`;
      this.shown.set(unit, now);
      return;
    }
    now.active = (get("ActiveState") as string | undefined) ?? now.active;
    now.sub = (get("SubState") as string | undefined) ?? now.sub;
    this.shown.set(unit, now);
    const words = [`${now.active}/${now.sub}`, now.result];
    if (now.restarts > 0) words.push(`restarts=${now.restarts}`);
    if (now.main !== "") words.push(`main=${now.main}`);
    this.add(unit, words.join(" ").trim());
  }

  private add(unit: string, row: string): void {
    const rows = this.rows.get(unit) ?? [];
    // Whether somebody lives on for a moment when the main process is gone is a race, in systemd too.
    if (row.startsWith("deactivating/final-sigterm")) return;
    if (!row.startsWith("job")) {
      // The same again says nothing new; that a unit is at rest before anything happened neither.
      const last = rows.findLast((one) => !one.startsWith("job"));
      if (last === row || (last === undefined && /^inactive\/dead( success)?$/.test(row))) return;
    }
    rows.push(row);
    this.rows.set(unit, rows);
  }
}
