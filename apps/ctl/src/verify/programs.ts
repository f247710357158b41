/** Commands that do not exist or may not be executed, man pages that are missing (systemd-analyze(1), verify). */
import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { defaultPath } from "@steward/process-runtime";
import type { ExecCommand, LoadedUnit } from "@steward/unit-file";
import type { Finding } from "./finding.ts";

/** In the order in which systemd runs them. */
const execDirectives: { readonly [section: string]: readonly string[] } = {
  Service: ["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"],
  Socket: ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"],
};

/** The commands of a unit with the directive that each stands under. */
export function commandsOf(unit: LoadedUnit): { directive: string; section: string; command: ExecCommand }[] {
  return Object.entries(execDirectives).flatMap(([section, names]) => {
    if (section.toLowerCase() !== unit.type) return [];
    const settings = unit.settings[section as "Service"] as unknown as Readonly<Record<string, readonly ExecCommand[]>>;
    return names.flatMap((directive) =>
      (settings[directive] ?? []).map((command) => ({ directive, section, command })),
    );
  });
}

/** Commands that cannot be executed. Those marked `-` may be missing. */
export function programFindings(unit: LoadedUnit, root: string): Finding[] {
  return commandsOf(unit).flatMap(({ directive, section, command }): Finding[] => {
    if (command.ignoreFailure) return [];
    const problem = whyNotExecutable(command.path, root);
    if (problem === undefined) return [];
    const { file, line } = command.origin;
    // systemd names only the unit; where it stands comes as fields.
    return [
      {
        severity: "error",
        unit: unit.id,
        message: `Command ${command.path} is not executable: ${problem}`,
        fatal: true,
        section,
        directive,
        man: "systemd.service(5)",
        ...atLine(file, line),
      },
    ];
  });
}

/** Where a finding stands whose message names the unit alone. */
function atLine(file: string, line: number): { origin?: string } {
  return line > 0 ? { origin: `${file}:${line}` } : {};
}

function whyNotExecutable(path: string, root: string): string | undefined {
  const places = path.startsWith("/") ? [path] : defaultPath.split(":").map((directory) => `${directory}/${path}`);
  let problem = "No such file or directory";
  for (const place of places) {
    try {
      accessSync(root + place, constants.X_OK);
      if (!statSync(root + place).isDirectory()) return undefined;
      problem = "Permission denied";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EACCES") problem = "Permission denied";
    }
  }
  return problem;
}

/** man: pages of Documentation= that `man` does not find. Nothing where there is no man. */
export function manFindings(unit: LoadedUnit): Finding[] {
  return unit.settings.Unit.Documentation.flatMap((uri): Finding[] => {
    if (!uri.startsWith("man:")) return [];
    const page = uri.slice("man:".length);
    const { status, error } = spawnSync("man", [page], { stdio: "ignore" });
    if (error !== undefined || status === 0 || status === null) return [];
    return [
      {
        severity: "error",
        unit: unit.id,
        message: `Command 'man ${page}' failed with code ${status}`,
        fatal: true,
        section: "Unit",
        directive: "Documentation",
        man: "systemd.unit(5)",
      },
    ];
  });
}
