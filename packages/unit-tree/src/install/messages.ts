import type { InstallChange, InstallErrno, InstallResult } from "./changes.ts";

/** What strerror(3) says of the errors that install verbs know. */
const errnoTexts: Readonly<Record<InstallErrno, string>> = {
  EACCES: "Permission denied",
  EADDRNOTAVAIL: "Cannot assign requested address",
  EBADFD: "File descriptor in bad state",
  EBADMSG: "Bad message",
  EBADSLT: "Invalid slot",
  EEXIST: "File exists",
  EIDRM: "Identifier removed",
  EINVAL: "Invalid argument",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  ENOBUFS: "No buffer space available",
  ENOENT: "No such file or directory",
  ENOEXEC: "Exec format error",
  ENOLINK: "Link has been severed",
  ENOTTY: "Inappropriate ioctl for device",
  ERFKILL: "Operation not possible due to RF-kill",
  ETXTBSY: "Text file busy",
  EUCLEAN: "Structure needs cleaning",
  EUNATCH: "Protocol driver not attached",
  EXDEV: "Invalid cross-device link",
};

/** The text of an error, as strerror(3) has it. */
export function errnoText(errno: InstallErrno): string {
  return errnoTexts[errno];
}

/** A line that systemctl prints for a change, and whether it is an error. */
export interface InstallMessage {
  readonly level: "info" | "warning" | "error";
  readonly text: string;
}

function messageOf(verb: string, { type, path, source }: InstallChange): InstallMessage {
  const info = (text: string): InstallMessage => ({ level: "info", text });
  const warning = (text: string): InstallMessage => ({ level: "warning", text });
  const error = (text: string): InstallMessage => ({ level: "error", text: `Failed to ${verb} unit, ${text}` });
  switch (type) {
    case "symlink":
      return info(`Created symlink ${path} → ${source}.`);
    case "unlink":
      return info(`Removed "${path}".`);
    case "masked":
      return info(`Unit ${path} is masked, ignoring.`);
    case "masked by generator":
      return info(`Unit ${path} is masked via a generator and cannot be unmasked.`);
    case "dangling":
      return info(`Unit ${path} is an alias to a unit that is not present, ignoring.`);
    case "destination not present":
      return warning(`Unit ${source} is added as a dependency to a non-existent unit ${path}.`);
    case "auxiliary unit failed":
      return warning(`Failed to enable auxiliary unit ${path}, ignoring.`);
    case "EEXIST":
      return error(
        source === ""
          ? `file "${path}" already exists.`
          : `file "${path}" already exists and is a symlink to "${source}".`,
      );
    case "ERFKILL":
      return error(`unit ${path} is masked.`);
    case "EADDRNOTAVAIL":
      return error(`unit ${path} is transient or generated.`);
    case "ETXTBSY":
      return error(`file ${path} is under the systemd unit hierarchy already.`);
    case "EBADSLT":
      return error(`invalid specifier in "${path}".`);
    case "EIDRM":
      return { level: "error", text: `Failed to ${verb} ${source}, destination unit ${path} is a non-template unit.` };
    case "EUCLEAN":
      return error(`"${path}" is not a valid unit name.`);
    case "ELOOP":
      return error(`refusing to operate on linked unit file ${path}.`);
    case "EXDEV":
      return error(source === "" ? `invalid unit reference "${path}".` : `cannot alias ${source} as ${path}.`);
    case "ENOENT":
      return error(`unit ${path} does not exist.`);
    case "EUNATCH":
      return error(`cannot resolve specifiers in "${path}".`);
    default:
      return error(`file "${path}": ${errnoText(type)}`);
  }
}

const noErrors = new Set<InstallChange["type"]>([
  "symlink",
  "unlink",
  "masked",
  "masked by generator",
  "dangling",
  "destination not present",
  "auxiliary unit failed",
]);

/** Whether a change is the report of a failure. */
export function isErrorChange(change: InstallChange): change is InstallChange & { readonly type: InstallErrno } {
  return !noErrors.has(change.type);
}

/** Verbs that messages name by other words. */
const verbWords: Readonly<Record<string, string>> = {
  "add-requires": "add dependency on",
  "add-wants": "add dependency on",
  "preset-all": "preset",
  "set-default": "set default",
};

/** What systemctl prints for the answer of a verb ("enable", "disable", "set-default" …), in order. */
export function installMessages(
  typedVerb: string,
  result: Pick<InstallResult, "changes" | "error">,
): readonly InstallMessage[] {
  const verb = verbWords[typedVerb.replaceAll(" ", "-")] ?? typedVerb;
  const messages = result.changes.map((change) => messageOf(verb, change));
  if (result.error !== undefined && !result.changes.some(isErrorChange)) {
    messages.push({ level: "error", text: `Failed to ${verb}: ${errnoText(result.error)}.` });
  }
  return messages;
}

/** A D-Bus error: its name and its text. */
export interface InstallBusError {
  readonly name: string;
  readonly message: string;
}

const busErrors: Partial<Record<InstallErrno, string>> = {
  EEXIST: "UnitExists",
  ERFKILL: "UnitMasked",
  EADDRNOTAVAIL: "UnitGenerated",
  ETXTBSY: "UnitBadPath",
  EBADSLT: "BadUnitSetting",
  EIDRM: "BadUnitSetting",
  EUCLEAN: "BadUnitSetting",
  ELOOP: "UnitLinked",
  EXDEV: "BadUnitSetting",
  ENOENT: "NoSuchUnit",
  EUNATCH: "BadUnitSetting",
};

function busText({ type, path, source }: InstallChange): string {
  switch (type) {
    case "EEXIST":
      return source === ""
        ? `File ${path} already exists.`
        : `File ${path} already exists and is a symlink to ${source}.`;
    case "ERFKILL":
      return `Unit file ${path} is masked.`;
    case "EADDRNOTAVAIL":
      return `Unit ${path} is transient or generated.`;
    case "ETXTBSY":
      return `File ${path} is under the systemd unit hierarchy already.`;
    case "EBADSLT":
      return `Invalid specifier in ${path}.`;
    case "EIDRM":
      return `Destination unit ${path} is a non-template unit.`;
    case "EUCLEAN":
      return `"${path}" is not a valid unit name.`;
    case "ELOOP":
      return `Refusing to operate on alias name or linked unit file: ${path}`;
    case "EXDEV":
      return source === "" ? `Invalid unit reference ${path}.` : `Cannot alias ${source} as ${path}.`;
    case "ENOENT":
      return `Unit file ${path} does not exist.`;
    case "EUNATCH":
      return `Cannot resolve specifiers in ${path}.`;
    default:
      return `File ${path}: ${errnoText(type as InstallErrno)}`;
  }
}

/**
 * The D-Bus error with which the manager answers a verb; undefined when it answers with the changes. It is an error when the verb failed, and also when
 * there is nothing to tell but failures ("disable" of a unit that does not exist).
 */
export function installBusError(result: Pick<InstallResult, "changes" | "error">): InstallBusError | undefined {
  const change = result.changes.find(isErrorChange);
  const onlyFailures = change !== undefined && result.changes.every(isErrorChange);
  if (result.error === undefined && !onlyFailures) return undefined;
  const errno = change?.type ?? result.error!;
  const name = change === undefined ? undefined : busErrors[change.type];
  return {
    name: name === undefined ? (systemErrors[errno] ?? `System.Error.${errno}`) : `org.freedesktop.systemd1.${name}`,
    message: change === undefined ? errnoText(errno) : busText(change),
  };
}

/** Errnos that D-Bus has names of its own for. */
const systemErrors: Partial<Record<InstallErrno, string>> = {
  EINVAL: "org.freedesktop.DBus.Error.InvalidArgs",
  EACCES: "org.freedesktop.DBus.Error.AccessDenied",
  ENOENT: "org.freedesktop.DBus.Error.FileNotFound",
  EEXIST: "org.freedesktop.DBus.Error.FileExists",
  EBADMSG: "org.freedesktop.DBus.Error.InconsistentMessage",
};

/** The changes as D-Bus carries them, a(sss); reports of failures are not among them. */
export function busChanges(result: Pick<InstallResult, "changes">): [type: string, path: string, source: string][] {
  return result.changes
    .filter((change) => !isErrorChange(change))
    .map(({ type, path, source }) => [type, path, source]);
}
