/** Time zones of this machine by name, as the C library finds them. */
import { readFileSync } from "node:fs";
import { readTimeZone, type TimeZone } from "@steward/time";

/** The zone of /usr/share/zoneinfo of that name; undefined where there is none. */
export function namedZone(name: string): TimeZone | undefined {
  if (name === "" || name.startsWith("/") || name.split("/").includes("..")) return undefined;
  try {
    return readTimeZone(name, readFileSync(`/usr/share/zoneinfo/${name}`));
  } catch {
    return undefined;
  }
}
