import { DBusError } from "@steward/ipc";

/** Errors of org.freedesktop.systemd1, in systemd's words. */
export function noSuchUnit(name: string): DBusError {
  return new DBusError("org.freedesktop.systemd1.NoSuchUnit", `Unit ${name} not loaded.`);
}

export function noSuchJob(id: number): DBusError {
  return new DBusError("org.freedesktop.systemd1.NoSuchJob", `Job ${id} does not exist.`);
}

export function invalidUnitName(name: string): DBusError {
  return new DBusError("org.freedesktop.DBus.Error.InvalidArgs", `Unit name ${name} is not valid.`);
}

export function missingInstance(name: string): DBusError {
  return new DBusError("org.freedesktop.DBus.Error.InvalidArgs", `Unit name ${name} is missing the instance name.`);
}

export function notSupported(what: string): DBusError {
  return new DBusError(
    "org.freedesktop.DBus.Error.NotSupported",
    `${what} is not supported by this version of steward.`,
  );
}

export function invalidArgs(message: string): DBusError {
  return new DBusError("org.freedesktop.DBus.Error.InvalidArgs", message);
}
