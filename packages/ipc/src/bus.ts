/** A client of a message bus (dbus-daemon, dbus-broker): names, matches, and who sends. */
import { type ClientConnection, type ConnectOptions, connectBus } from "./client.ts";
import { DBusError, errorNames } from "./errors.ts";
import type { Value, Variant } from "./values.ts";

const BUS = "org.freedesktop.DBus";
const BUS_PATH = "/org/freedesktop/DBus";

/** What RequestName answers (D-Bus specification, org.freedesktop.DBus.RequestName). */
export type NameReply = "owner" | "queued" | "exists" | "already-owner";
const nameReplies: readonly NameReply[] = ["owner", "queued", "exists", "already-owner"];
const DO_NOT_QUEUE = 4;

/** A connection that has said Hello. */
export interface Bus {
  readonly connection: ClientConnection;
  /** Our unique name, :1.5. */
  readonly uniqueName: string;
  /** Asks for a well-known name, without waiting in a queue for it. */
  requestName(name: string): Promise<NameReply>;
  releaseName(name: string): Promise<void>;
  /** Asks for signals that fit a rule, such as "type='signal',interface='a.b'". */
  addMatch(rule: string): Promise<void>;
  removeMatch(rule: string): Promise<void>;
  /** The unique name that owns a name now; undefined when nobody does. */
  ownerOf(name: string): Promise<string | undefined>;
  /** The user, group and process behind a sender, as the bus knows them. */
  credentialsOf(sender: string): Promise<{ uid: number; gid: number; pid: number }>;
}

/** Where the system's bus and this session's are: $DBUS_…_ADDRESS where it is a unix path, else the usual socket. */
export function busPath(
  kind: "system" | "session",
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const address = env[kind === "system" ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS"];
  const named = /(?:^|;)unix:(path|abstract)=([^,;]+)/.exec(address ?? "");
  if (named !== null) return `${named[1] === "abstract" ? "@" : ""}${decodeURIComponent(named[2]!)}`;
  if (kind === "system") return "/run/dbus/system_bus_socket";
  return env.XDG_RUNTIME_DIR === undefined ? undefined : `${env.XDG_RUNTIME_DIR}/bus`;
}

/** Connects to a bus and says Hello. Rejects as `connectBus` calls do. */
export async function joinBus(options: ConnectOptions): Promise<Bus> {
  const connection = connectBus(options);
  const ask = (member: string, signature = "", body: readonly Value[] = []): Promise<Value[]> =>
    connection.call({ destination: BUS, path: BUS_PATH, interface: BUS, member, signature, body });
  const [uniqueName] = await ask("Hello");
  return {
    connection,
    uniqueName: String(uniqueName),
    async requestName(name) {
      const [reply] = await ask("RequestName", "su", [name, DO_NOT_QUEUE]);
      return nameReplies[Number(reply) - 1] ?? "exists";
    },
    async releaseName(name) {
      await ask("ReleaseName", "s", [name]);
    },
    async addMatch(rule) {
      await ask("AddMatch", "s", [rule]);
    },
    async removeMatch(rule) {
      await ask("RemoveMatch", "s", [rule]);
    },
    async ownerOf(name) {
      try {
        const [owner] = await ask("GetNameOwner", "s", [name]);
        return String(owner);
      } catch (error) {
        if ((error as { errorName?: string }).errorName === "org.freedesktop.DBus.Error.NameHasNoOwner")
          return undefined;
        throw error;
      }
    },
    async credentialsOf(sender) {
      const [given] = await ask("GetConnectionCredentials", "s", [sender]);
      const known = given as ReadonlyMap<string, Variant>;
      const number = (name: string): number => {
        const value = known.get(name)?.value;
        if (typeof value !== "number")
          throw new DBusError(errorNames.accessDenied, `The bus does not tell the ${name} of ${sender}`);
        return value;
      };
      const groups = known.get("UnixGroupIDs")?.value as readonly number[] | undefined;
      return { uid: number("UnixUserID"), gid: groups?.[0] ?? 0xffff_ffff, pid: number("ProcessID") };
    },
  };
}
