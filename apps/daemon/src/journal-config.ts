import { hostname } from "node:os";
import type { Places } from "./places.ts";

/** What the journal process is told, as JSON: the keeper passes it on untouched. */
interface JournalConfig {
  readonly directory: string;
  readonly writeAhead: string;
  readonly machineId: string;
  readonly bootId: string;
  readonly hostname: string;
  readonly scope: "system" | "user";
  readonly console: boolean;
}

export function journalConfig(options: {
  readonly places: Places;
  readonly machineId: string;
  readonly bootId: string;
  readonly logConsole: boolean;
}): Uint8Array {
  const config: JournalConfig = {
    directory: options.places.journalDirectory,
    writeAhead: `${options.places.stateDirectory}/journal.ahead`,
    machineId: options.machineId,
    bootId: options.bootId,
    hostname: hostname(),
    scope: options.places.scope,
    console: options.logConsole,
  };
  return Buffer.from(JSON.stringify(config));
}
