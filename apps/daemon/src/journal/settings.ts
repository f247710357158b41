import { idFromHex } from "@steward/journal";

/** What the manager tells the journal process (journal-config.ts writes it), checked. */
export interface JournalSettings {
  readonly directory: string;
  readonly writeAheadPath: string;
  /** 16 bytes each. */
  readonly machineId: Uint8Array;
  readonly bootId: Uint8Array;
  readonly hostname: string;
  readonly scope: "system" | "user";
  /** Print what services write on this process' own output (--log-console). */
  readonly console: boolean;
  /** Where journalctl's --sync, --flush and --rotate are answered; undefined where that is not ours to do. */
  readonly varlinkPath: string | undefined;
}

/** Reads the settings; answers what is wrong with them otherwise. */
export function parseSettings(bytes: Uint8Array): JournalSettings | { readonly problem: string } {
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, unknown>;
  } catch {
    return { problem: "the journal's settings are not JSON" };
  }
  const machineId = idFromHex(String(given.machineId));
  const bootId = idFromHex(String(given.bootId));
  if (machineId === undefined || bootId === undefined)
    return { problem: "the journal's settings lack the machine's or the boot's id" };
  if (typeof given.directory !== "string" || typeof given.writeAhead !== "string") {
    return { problem: "the journal's settings do not say where its files are" };
  }
  return {
    directory: given.directory,
    writeAheadPath: given.writeAhead,
    machineId,
    bootId,
    hostname: typeof given.hostname === "string" ? given.hostname : "localhost",
    scope: given.scope === "user" ? "user" : "system",
    console: given.console === true,
    varlinkPath: typeof given.varlink === "string" ? given.varlink : usualVarlink(given.scope, given.directory),
  };
}

/** journald's own place, when we keep the machine's journal in journald's place (not beside a systemd that runs). */
function usualVarlink(scope: unknown, directory: string): string | undefined {
  const ours = scope === "system" && /^\/(?:run|var)\/log\/journal\//.test(directory);
  return ours ? "/run/systemd/journal/io.systemd.journal" : undefined;
}
