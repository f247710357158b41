/** The manager as stewardctl sees it: one connection, made when first needed. */

import type { Duplex } from "node:stream";
import type { Message } from "@steward/ipc";
import {
  type ClientConnection,
  connectBus,
  DBusError,
  errorNames,
  unwrap,
  type Value,
  type Variant,
} from "@steward/ipc";
import type { Options } from "../command-line.ts";
import { unitPath } from "../unit-name.ts";
import { nobodyListens, scopeOf, socketPath } from "./socket-path.ts";

export const busName = "org.freedesktop.systemd1";
export const managerPath = "/org/freedesktop/systemd1";
const PROPERTIES = "org.freedesktop.DBus.Properties";

/** An object's properties as they came: each value with its signature. */
export type Properties = ReadonlyMap<string, Variant>;

const RETRY_PAUSE_MSEC = 50;
const GIVE_UP_AFTER_MSEC = 10_000;

/** Whether a call failed because the manager went away after it was sent. */
export function isCut(error: unknown): boolean {
  const { code, errorName } = error as { code?: string; errorName?: string };
  return errorName === errorNames.disconnected || code === "ECONNRESET" || code === "EPIPE";
}

export class Manager {
  readonly options: Options;
  private connection: ClientConnection | undefined;
  private path = "";
  /** Counts connections: another number means that signals may have been missed. */
  generation = 0;
  private readonly listeners = new Set<(signal: Message) => void>();

  constructor(options: Options) {
    this.options = options;
  }

  /** The connection; its failure to come about is told with advice by the first call. */
  get bus(): ClientConnection {
    if (this.connection === undefined) {
      this.path = socketPath(this.options);
      this.connection = connectBus({ path: this.path, destination: busName, eager: true });
      this.generation++;
      for (const listener of this.listeners) this.connection.onSignal(listener);
    }
    return this.connection;
  }

  /** Goes on over a stream that leads to the manager already. */
  connectThrough(socket: Duplex): void {
    this.connection?.close();
    this.connection = connectBus({ socket, destination: busName, eager: true });
    this.generation++;
    for (const listener of this.listeners) this.connection.onSignal(listener);
  }

  /** Connects, if that was not done yet; gives the connection's number. */
  connect(): number {
    return this.bus && this.generation;
  }

  /** Hears signals, of later connections too. */
  onSignal(listener: (signal: Message) => void): void {
    this.listeners.add(listener);
    this.connection?.onSignal(listener);
  }

  /** Forgets the connection: the next call makes a new one (after the manager went away). */
  reset(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  close(): void {
    this.connection?.close();
  }

  /** Calls a method. What only reads is asked again when the manager dies over it: it comes back. */
  async request(
    path: string,
    interfaceName: string,
    member: string,
    signature: string,
    body: readonly Value[],
  ): Promise<Value[]> {
    const onlyReads = /^(Get|List)/.test(member);
    const deadline = Date.now() + GIVE_UP_AFTER_MSEC;
    for (;;) {
      const { bus } = this;
      try {
        return await bus.call({ path, interface: interfaceName, member, signature, body, interactive: true });
      } catch (error) {
        if (!onlyReads || !isCut(error) || Date.now() > deadline) throw this.explain(error);
        if (this.connection === bus) this.reset();
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MSEC));
      }
    }
  }

  private explain(error: unknown): unknown {
    const code = (error as { code?: string }).code;
    if (code !== "ENOENT" && code !== "ECONNREFUSED" && code !== "EACCES") return error;
    return nobodyListens(this.path, error as Error, scopeOf(this.options, process.getuid?.() ?? 0));
  }

  /** Calls a method of org.freedesktop.systemd1.Manager. */
  call(member: string, signature = "", body: readonly Value[] = []): Promise<Value[]> {
    return this.request(managerPath, `${busName}.Manager`, member, signature, body);
  }

  /** One property of any object, without its variant. */
  async get(path: string, interfaceName: string, name: string): Promise<Value> {
    const [value] = await this.request(path, PROPERTIES, "Get", "ss", [interfaceName, name]);
    return unwrap(value!);
  }

  /** One property of a unit; the interface is that of all units when none is named. */
  getUnit(unit: string, name: string, interfaceName = "Unit"): Promise<Value> {
    return this.get(unitPath(unit), `${busName}.${interfaceName}`, name);
  }

  getManager(name: string): Promise<Value> {
    return this.get(managerPath, `${busName}.Manager`, name);
  }

  /** All properties of all interfaces of an object. */
  async getAll(path: string): Promise<Properties> {
    const [all] = await this.request(path, PROPERTIES, "GetAll", "s", [""]);
    return all as unknown as Properties;
  }
}

/** An error's text as systemctl shows it: some have words of their own. */
export function errorText(error: unknown): string {
  if (!(error instanceof DBusError)) return error instanceof Error ? error.message : String(error);
  if (error.errorName === errorNames.accessDenied) return "Access denied";
  return error.message;
}

/** A property without its variant; undefined when the object does not have it. */
export function plain<T extends Value>(properties: Properties, name: string): T | undefined {
  const value = properties.get(name);
  return value === undefined ? undefined : (unwrap(value) as T);
}
