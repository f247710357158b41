/** Error names of the D-Bus specification that this package itself answers with. */
export const errorNames = {
  failed: "org.freedesktop.DBus.Error.Failed",
  accessDenied: "org.freedesktop.DBus.Error.AccessDenied",
  disconnected: "org.freedesktop.DBus.Error.Disconnected",
  invalidArgs: "org.freedesktop.DBus.Error.InvalidArgs",
  noReply: "org.freedesktop.DBus.Error.NoReply",
  notSupported: "org.freedesktop.DBus.Error.NotSupported",
  propertyReadOnly: "org.freedesktop.DBus.Error.PropertyReadOnly",
  unknownInterface: "org.freedesktop.DBus.Error.UnknownInterface",
  unknownMethod: "org.freedesktop.DBus.Error.UnknownMethod",
  unknownObject: "org.freedesktop.DBus.Error.UnknownObject",
  unknownProperty: "org.freedesktop.DBus.Error.UnknownProperty",
} as const;

/** An error that travels over D-Bus: thrown or returned by a handler, and what a failed call() rejects with. */
export class DBusError extends Error {
  readonly code = "DBUS_ERROR";
  /** The error's D-Bus name, such as org.freedesktop.systemd1.NoSuchUnit. */
  readonly errorName: string;
  constructor(errorName: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DBusError";
    this.errorName = errorName;
  }
}

/** Bytes that are not D-Bus. It ends the connection that they came from, and only that one. */
export class ProtocolError extends Error {
  readonly code = "DBUS_PROTOCOL";
  constructor(message: string) {
    super(message);
    this.name = "ProtocolError";
  }
}

/** A value that does not fit the signature it is to be written with: a mistake of the caller's. */
export class EncodeError extends Error {
  readonly code = "DBUS_ENCODE";
  constructor(message: string) {
    super(message);
    this.name = "EncodeError";
  }
}
