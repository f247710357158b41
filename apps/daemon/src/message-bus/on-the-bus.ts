import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { busPath, type IncomingCall, type Signal } from "@steward/ipc";
import type { KeeperClient } from "@steward/process-runtime";
import type { Event } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";
import { enqueue, jobKinds } from "../bus/job-methods.ts";
import type { Environment } from "../environment.ts";
import type { Manager } from "../manager.ts";
import { BusLink } from "./bus-link.ts";
import { refusal } from "./permission.ts";

/** inotify(7): something was made or moved in. */
const appears = 0x100 | 0x80;
const watchId = "message-bus";

/** What the manager's presence on the bus needs around it. */
interface Parts {
  readonly keeper: KeeperClient;
  readonly environment: Environment;
  readonly manager: Manager;
  readonly onCall: (call: IncomingCall) => void;
  readonly submit: (event: Event) => void;
}

/**
 * The manager on the system's message bus (or the user's): when it goes there, what it follows there, and who may ask what. The
 * bus may be a unit of ours, started long after us, or somebody else's.
 */
export class OnTheBus {
  private readonly parts: Parts;
  private readonly link: BusLink;
  private signals: Signal[] = [];

  constructor(parts: Parts) {
    this.parts = parts;
    const { keeper, environment, manager } = parts;
    this.link = new BusLink({
      kind: environment.scope === "system" ? "system" : "session",
      path: () => this.path(),
      mayConnect: () => this.mayConnect(),
      keeper: {
        connect: (conn, path) => keeper.send({ kind: "connect", conn, path }, 0),
        send: (conn, bytes) => keeper.connSend(conn, bytes),
        close: (conn) => keeper.send({ kind: "connClose", conn }),
      },
      onCall: (call) => this.call(call),
      onActivation: (unit) => this.activate(unit),
      onOwner: (name, owned) => this.owner(name, owned),
      onDown: () => this.down(),
    });
    for (const name of manager.busClients.names()) this.link.watch(name);
  }

  /** Goes to the bus if it is there, and looks out for it otherwise. */
  start(): void {
    if (this.parts.environment.places.besideSystemd) return;
    this.link.tryConnect();
    if (!this.link.isConnecting) this.down();
  }

  private path(): string | undefined {
    const { environment } = this.parts;
    const variables = { ...process.env, ...Object.fromEntries(environment.variables) };
    if (environment.scope === "system") return busPath("system", variables);
    return busPath("session", { ...variables, XDG_RUNTIME_DIR: environment.places.runtimeDirectory });
  }

  /**
   * A bus whose socket we hold ourselves is spoken to when its service runs: asking earlier would wait for ourselves. Any other is
   * there when its socket is.
   */
  private mayConnect(): boolean {
    const { manager } = this.parts;
    const state = (name: string): string => {
      const id = manager.unitId(name);
      return id === undefined ? "inactive" : manager.activeState(id);
    };
    const service = state("dbus.service");
    if (service === "active" || service === "reloading") return true;
    return service !== "activating" && service !== "deactivating" && state("dbus.socket") !== "active";
  }

  /** The bus is not there, or not any more. */
  private down(): void {
    this.parts.manager.busClients.leaveAll();
    const directory = dirname(this.path() ?? "");
    if (directory.startsWith("/") && existsSync(directory))
      this.parts.keeper.send({ kind: "watchPath", id: watchId, path: directory, mask: appears }, 0);
  }

  // ---- what happens ----

  owns(connection: number): boolean {
    return this.link.owns(connection);
  }

  opened(connection: number): void {
    this.parts.keeper.send({ kind: "unwatchPath", id: watchId }, 0);
    this.link.opened(connection);
  }

  data(connection: number, bytes: Uint8Array, fds: readonly number[]): void {
    this.link.data(connection, bytes, fds);
  }

  closed(connection: number): void {
    this.link.closed(connection);
  }

  /** True when the change of a path was this one's to look at. */
  pathChanged(id: string): boolean {
    if (id !== watchId) return false;
    this.link.tryConnect();
    // Told once: whatever appeared was perhaps not the bus.
    if (!this.link.isConnecting) this.down();
    return true;
  }

  unitChanged(unit: string): void {
    const { manager } = this.parts;
    if (!this.link.isConnecting && manager.unitId("dbus.service") === unit && manager.activeState(unit) === "active")
      this.link.tryConnect();
  }

  /** Units came: names that they wait for are followed. */
  loaded(units: readonly LoadedUnit[]): void {
    for (const unit of units) if (unit.type === "service") this.follow(unit.settings.Service.BusName);
  }

  private follow(name: string): void {
    if (name !== "") this.link.watch(name);
  }

  private owner(name: string, owned: boolean): void {
    const { manager, environment, submit } = this.parts;
    if (name.startsWith(":")) {
      if (owned) return;
      this.link.unwatch(name);
      manager.busClients.leave(name);
      return;
    }
    for (const unit of manager.loadedUnits()) {
      if (unit.type !== "service" || unit.settings.Service.BusName !== name) continue;
      // A service that never ran learns of its name when it takes it.
      if (!manager.core.units.has(unit.id)) continue;
      submit({ kind: "busName", now: environment.clock.now(), unit: unit.id, owned });
    }
  }

  // ---- calls and signals ----

  private call(call: IncomingCall): void {
    const refused = refusal(call, process.getuid?.() ?? 0);
    if (refused !== undefined) {
      for (const fd of call.message.fds ?? []) this.parts.keeper.send({ kind: "closeFd", fd }, 0);
      call.fail(refused);
      return;
    }
    this.parts.onCall(this.remembering(call));
  }

  /** Notes what the caller is owed by then: its job's end. */
  private remembering(call: IncomingCall): IncomingCall {
    const { sender } = call.message;
    const { busClients } = this.parts.manager;
    return {
      ...call,
      reply: (signature, values) => {
        const path = values.find((value) => typeof value === "string" && jobPathPattern.test(value));
        const job = jobPathPattern.exec(String(path))?.[1];
        if (sender !== undefined && job !== undefined && this.parts.manager.core.jobs.has(Number(job)))
          busClients.asked(Number(job), sender);
        call.reply(signature, values);
        if (sender !== undefined && busClients.names().has(sender)) this.link.watch(sender);
      },
    };
  }

  /** SystemdService= of a service of the bus: started as if somebody had asked. */
  private async activate(name: string): Promise<void> {
    await enqueue(this.parts.manager, name, jobKinds.start, "replace");
  }

  get isWanted(): boolean {
    return this.link.isUp && !this.parts.manager.busClients.isEmpty;
  }

  /** Signals leave after the replies of the same turn, as a caller expects its job's path first. */
  emit(signal: Signal): void {
    if (!this.isWanted) return;
    this.signals.push(signal);
    if (this.signals.length > 1) return;
    setImmediate(() => {
      for (const one of this.signals.splice(0)) this.link.emit(one);
    });
  }
}

const jobPathPattern = /^\/org\/freedesktop\/systemd1\/job\/(\d+)$/;
