import type { KeeperClient } from "@steward/process-runtime";
import { formatDiagnostic, type LoadedUnit } from "@steward/unit-file";
import type { GeneratorLog } from "./generators.ts";
import { encodeExportEntry } from "./journal-export.ts";

/** SD_MESSAGE_INVALID_CONFIGURATION of systemd.catalog. */
const invalidConfiguration = "c772d24e9a884cbeb9ea12625c306c01";

/** Syslog priorities of diagnostics. */
const priorities = { error: "3", warning: "4" } as Readonly<Record<string, string>>;

/** Lines of the manager that are no effect of the core: they go to the journal, unnumbered. */
export class ManagerLog {
  private readonly keeper: KeeperClient;
  private readonly scope: "system" | "user";

  constructor(keeper: KeeperClient, scope: "system" | "user") {
    this.keeper = keeper;
    this.scope = scope;
  }

  line(priority: string, message: string, fields: readonly (readonly [string, string])[] = []): void {
    const entry = encodeExportEntry([
      ["PRIORITY", priority],
      ["MESSAGE", message],
      ["SYSLOG_FACILITY", "3"],
      ...fields,
    ]);
    this.keeper.send({ kind: "log", entry }, 0);
  }

  /** A line about a unit. */
  unit(unit: string, priority: string, message: string): void {
    this.line(priority, `${unit}: ${message}`, [[this.scope === "system" ? "UNIT" : "USER_UNIT", unit]]);
  }

  /** What a generator prints goes to the journal under its own name. */
  readonly generator: GeneratorLog = (identifier, priority, message) =>
    this.line(String(priority), message, [["SYSLOG_IDENTIFIER", identifier]]);

  /** What is wrong in unit files, with file and line as systemd gives them (CONFIG_FILE=, CONFIG_LINE=). */
  diagnostics(units: readonly LoadedUnit[]): void {
    for (const unit of units)
      for (const diagnostic of unit.diagnostics)
        this.line(priorities[diagnostic.severity] ?? "5", formatDiagnostic(diagnostic), [
          ["MESSAGE_ID", invalidConfiguration],
          [this.scope === "system" ? "UNIT" : "USER_UNIT", unit.id],
          ["CONFIG_FILE", diagnostic.file],
          ["CONFIG_LINE", String(diagnostic.line)],
        ]);
  }
}
