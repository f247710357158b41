/** Names as people type them, made into unit names (systemctl(1), "Parameter Syntax"). */
import { busLabelEscape } from "@steward/ipc";

export const unitTypes = [
  "service",
  "mount",
  "swap",
  "socket",
  "target",
  "device",
  "automount",
  "timer",
  "path",
  "slice",
  "scope",
] as const;

const VALID = /^[A-Za-z0-9:_.\\@-]+$/;

/** Whether the text has a `*`, `?` or `[`. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Whether the name ends in a unit type. */
export function hasUnitSuffix(name: string): boolean {
  return unitTypes.includes(name.slice(name.lastIndexOf(".") + 1) as (typeof unitTypes)[number]) && name.includes(".");
}

/** `web` is web.service, `/home` is home.mount, `/dev/sda` is dev-sda.device; patterns stay as they are. */
export function mangleUnitName(text: string, suffix = ".service"): string {
  if (VALID.test(text) && hasUnitSuffix(text)) return text;
  if (isGlob(text) && /^[A-Za-z0-9:_.\\@\-*?[\]!]+$/.test(text)) return text;
  if (text.startsWith("/dev/")) return `${escapePath(text)}.device`;
  if (text.startsWith("/")) return `${escapePath(text)}.mount`;
  const name = VALID.test(text) ? text : [...text].map((char) => (VALID.test(char) ? char : escapeChar(char))).join("");
  return hasUnitSuffix(name) ? name : `${name}${suffix}`;
}

function escapeChar(char: string): string {
  if (char === "/") return "-";
  return [...Buffer.from(char)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

function escapePath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0) return "-";
  return parts
    .map((part) => [...part].map((char) => (/[A-Za-z0-9:_.]/.test(char) ? char : escapeChar(char))).join(""))
    .join("-")
    .replace(/^\./, "\\x2e");
}

/** The object path of a unit. */
export function unitPath(name: string): string {
  return `/org/freedesktop/systemd1/unit/${busLabelEscape(name)}`;
}
