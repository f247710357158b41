import { isNameUnit, parseUnitName, type UnitType } from "./names.ts";
import { decodeUtf8, encodeUtf8 } from "./text.ts";

const HEX = "0123456789abcdef";

function escapeByte(byte: number): string {
  return `\\x${HEX[byte >> 4]}${HEX[byte & 15]}`;
}

/** Escapes any text into a unit name part, as `systemd-escape` does: `/` becomes `-`, whatever a name cannot hold `\xNN`, byte by byte. */
export function escapeName(text: string): string {
  let out = "";
  const bytes = encodeUtf8(text);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === 47) out += "-";
    else if (byte === 45 || byte === 92 || (i === 0 && byte === 46) || !isNameUnit(byte)) out += escapeByte(byte);
    else out += String.fromCharCode(byte);
  }
  return out;
}

/** Undoes `escapeName`, as `systemd-escape --unescape`; undefined where an escape is malformed or stands for NUL. */
export function unescapeName(text: string): string | undefined {
  const source = encodeUtf8(text);
  const out: number[] = [];
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] as number;
    if (byte === 45) out.push(47);
    else if (byte === 92) {
      if (source[i + 1] !== 120) return undefined;
      const value = hex(source[i + 2]) * 16 + hex(source[i + 3]);
      if (!(value > 0)) return undefined;
      out.push(value);
      i += 3;
    } else out.push(byte);
  }
  return decodeUtf8(Uint8Array.from(out));
}

function hex(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : Number.NaN;
}

/** Collapses repeated slashes and `.` components and drops a trailing slash; `..` stays (systemd's path_simplify). */
export function simplifyPath(path: string): string {
  if (path === "") return path;
  const absolute = path.startsWith("/");
  if (
    !path.includes("//") &&
    !path.includes("./") &&
    !path.endsWith("/.") &&
    path !== "." &&
    (!path.endsWith("/") || path === "/")
  )
    return path;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const joined = parts.join("/");
  return absolute ? `/${joined}` : joined === "" ? "." : joined;
}

/** A path that the kernel could take: components of at most 255 bytes, 4095 in all, no NUL. */
export function isValidPath(path: string): boolean {
  if (path === "" || path.length >= 4096 || path.includes("\0")) return false;
  if (path.length < 256) return true;
  return path.split("/").every((part) => part.length <= 255);
}

/** A valid path without `.` and `..` components and doubled slashes. */
export function isNormalizedPath(path: string): boolean {
  if (!isValidPath(path) || path.includes("//")) return false;
  if (!path.includes(".")) return true;
  return !path.split("/").some((part) => part === "." || part === "..");
}

/** Escapes a path for a unit name, as `systemd-escape --path`: `/` alone is `-`; undefined where a `..` makes it unclear. */
export function escapePath(path: string): string | undefined {
  if (path === "") return "-";
  if (!isValidPath(path)) return undefined;
  const simple = simplifyPath(path);
  if (simple === ".") return undefined;
  const inner = simple.replace(/^\/+|\/+$/g, "");
  if (inner === "") return "-";
  if (inner.split("/").some((part) => part === "..")) return undefined;
  return escapeName(inner);
}

/** Undoes `escapePath`: always an absolute path; undefined where the text is no escaped path. */
export function unescapePath(text: string): string | undefined {
  if (text === "") return undefined;
  if (text === "-") return "/";
  const inner = unescapeName(text);
  if (inner === undefined || inner.startsWith("/") || inner.endsWith("/")) return undefined;
  const path = `/${inner}`;
  return isNormalizedPath(path) ? path : undefined;
}

/** `/home/lennart` and `mount` to `home-lennart.mount`; undefined where no valid name results. Long names are not hashed. */
export function unitNameFromPath(path: string, type: UnitType): string | undefined {
  const escaped = escapePath(path);
  if (escaped === undefined) return undefined;
  const name = `${escaped}.${type}`;
  return parseUnitName(name) ? name : undefined;
}

/** `home-lennart.mount` to `/home/lennart`; undefined where the name stands for no path. */
export function unitNameToPath(name: string): string | undefined {
  const parts = parseUnitName(name);
  return parts ? unescapePath(parts.prefix) : undefined;
}

/**
 * Turns what a person typed into a unit name, as systemctl does: a valid name stays, a path becomes a mount (or a device under /dev or /sys),
 * anything else is escaped where it must be and gets the suffix `type`.
 */
export function mangleUnitName(text: string, type: UnitType = "service", globs = false): string | undefined {
  if (text === "") return undefined;
  if (parseUnitName(text)) return text;
  if (globs && /[*?[]/.test(text) && /^[A-Za-z0-9:_.\\@*?[\]!-]+$/.test(text)) return text;
  if (text.startsWith("/")) {
    const path = simplifyPath(text);
    const device = path.startsWith("/dev/") || path.startsWith("/sys/");
    const name = unitNameFromPath(path, device ? "device" : "mount");
    if (name !== undefined) return name;
  }
  let out = "";
  for (const byte of encodeUtf8(text)) {
    if (byte === 47) out += "-";
    else if (byte === 64 || isNameUnit(byte)) out += String.fromCharCode(byte);
    else out += escapeByte(byte);
  }
  if (!(globs && /[*?[]/.test(text)) && parseUnitName(out) === undefined) out += `.${type}`;
  return parseUnitName(out) ? out : undefined;
}
