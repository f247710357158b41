/** Which strings are object paths, interface, member, error and bus names (D-Bus specification, "Valid Names"). */

const MAX_NAME = 255;
const OBJECT_PATH = /^\/(?:[A-Za-z0-9_]+(?:\/[A-Za-z0-9_]+)*)?$/;
const INTERFACE = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+$/;
const MEMBER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BUS_NAME = /^(?::[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+|[A-Za-z_-][A-Za-z0-9_-]*(?:\.[A-Za-z_-][A-Za-z0-9_-]*)+)$/;

/** Whether the text is an object path, such as /org/freedesktop/systemd1. */
export function isObjectPath(text: string): boolean {
  return OBJECT_PATH.test(text);
}

/** Whether the text is an interface name (and so, by the same rules, an error name). */
export function isInterfaceName(text: string): boolean {
  return text.length <= MAX_NAME && INTERFACE.test(text);
}

/** Whether the text names a method, signal or property. */
export function isMemberName(text: string): boolean {
  return text.length <= MAX_NAME && MEMBER.test(text);
}

/** Whether the text is a bus name, unique (:1.5) or well-known. */
export function isBusName(text: string): boolean {
  return text.length <= MAX_NAME && BUS_NAME.test(text);
}
