/** Moments in this machine's time zone. */
import { readFileSync } from "node:fs";
import {
  formatTimestamp,
  formatTimestampRelative,
  readTimeZone,
  type TimestampStyle,
  type TimeZone,
  utc,
} from "@steward/time";
import { type Options, textOption } from "../command-line.ts";
import { nowUsec } from "./clock.ts";

/** $TZ, else /etc/localtime, else UTC. */
export function localZone(): TimeZone {
  const name = process.env.TZ?.replace(/^:/, "");
  if (name === "" || name === "UTC") return utc;
  const path = name === undefined ? "/etc/localtime" : name.startsWith("/") ? name : `/usr/share/zoneinfo/${name}`;
  try {
    return readTimeZone(name ?? "localtime", readFileSync(path)) ?? utc;
  } catch {
    return utc;
  }
}

/** Formats moments as `--timestamp=` asks. */
export class Times {
  private readonly zone = localZone();
  private readonly style: TimestampStyle;

  constructor(options: Options) {
    const style = textOption(options, "timestamp") ?? "pretty";
    this.style =
      ({ µs: "us", "µs+utc": "us+utc" } as { [name: string]: TimestampStyle })[style] ?? (style as TimestampStyle);
  }

  /** "Mon 2026-11-23 00:57:16 UTC"; undefined where the moment is not set. */
  absolute(usec: number): string | undefined {
    return formatTimestamp(usec, this.zone, this.style);
  }

  /** "2s ago" */
  relative(usec: number): string | undefined {
    return formatTimestampRelative(usec, nowUsec());
  }

  /** "Mon … UTC; 2s ago" */
  both(usec: number): string {
    return `${this.absolute(usec) ?? "n/a"}; ${this.relative(usec) ?? "n/a"}`;
  }
}
