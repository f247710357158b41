/** The manager as stewardctl sees it: one connection, made when first needed. */
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

export class Manager {
  readonly options: Options;
  private connection: ClientConnection | undefined;
  private path = "";

  constructor(options: Options) {
    this.options = options;
  }

  /** The connection; its failure to come about is told with advice by the first call. */
  get bus(): ClientConnection {
    if (this.connection === undefined) {
      this.path = socketPath(this.options);
      this.connection = connectBus({ path: this.path, destination: busName, eager: true });
    }
    return this.connection;
  }

  /** Forgets the connection: the next call makes a new one (after the manager went away). */
  reset(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  close(): void {
    this.connection?.close();
  }

  async request(
    path: string,
    interfaceName: string,
    member: string,
    signature: string,
    body: readonly Value[],
  ): Promise<Value[]> {
    const { bus } = this;
    try {
      return await bus.call({ path, interface: interfaceName, member, signature, body, interactive: true });
    } catch (error) {
      throw this.explain(error);
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
