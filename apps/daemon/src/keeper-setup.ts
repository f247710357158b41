import { type KeeperClient, listenerKind } from "@steward/process-runtime";
import type { Places } from "./places.ts";

/** Ids of the keeper's listeners. */
const listeners = {
  control: "control",
  notify: "notify",
  native: "journal-native",
  syslog: "journal-syslog",
  stdout: "journal-stdout",
  devLog: "dev-log",
} as const;

/**
 * Tells the keeper what every generation tells it: how units are tracked, where the journal goes, where to listen. These
 * carry number 0: they are executed at once and are not part of the record, and what is there already stays as it is.
 */
export function setUpKeeper(
  keeper: KeeperClient,
  places: Places,
  options: { readonly cgroupBase: string; readonly journalConfig: Uint8Array },
): void {
  const known = new Set(keeper.recovery.listeners.map((row) => row.id));
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const listen = (id: string, listener: number, path: string, mode: number): void => {
    if (!known.has(id)) keeper.send({ kind: "listen", id, listener, path, mode, uid, gid }, 0);
  };
  keeper.send({ kind: "groupMode", cgroupBase: options.cgroupBase }, 0);
  keeper.send({ kind: "journalConfig", config: options.journalConfig }, 0);
  listen(listeners.notify, listenerKind.notify, places.notifySocket, places.scope === "system" ? 0o777 : 0o700);
  if (places.journalSockets !== undefined) {
    listen(listeners.native, listenerKind.logNative, `${places.journalSockets}/socket`, 0o666);
    listen(listeners.stdout, listenerKind.logStdout, `${places.journalSockets}/stdout`, 0o666);
    listen(listeners.syslog, listenerKind.logSyslog, `${places.journalSockets}/dev-log`, 0o666);
  }
  if (places.devLog) listen(listeners.devLog, listenerKind.logSyslog, "/dev/log", 0o666);
}

/** Opens the door to clients: last, when the manager can answer. */
export function openDoor(keeper: KeeperClient, places: Places): void {
  if (keeper.recovery.listeners.some((row) => row.id === listeners.control)) return;
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  keeper.send(
    {
      kind: "listen",
      id: listeners.control,
      listener: listenerKind.control,
      path: places.privateSocket,
      mode: 0o600,
      uid,
      gid,
    },
    0,
  );
}
