/** A Procfile to unit files: `name: command`, the command a line for the shell, PORT= by 100 as foreman gives it. */
import { basename, dirname, resolve } from "node:path";
import { escapeName } from "@steward/unit-file";
import { commandWord, type Imported, type ImportedUnit, literal, type Note, unitText } from "./unit-text.ts";

export function importProcfile(text: string, file: string): Imported {
  const directory = dirname(resolve(file));
  const units: ImportedUnit[] = [];
  const notes: Note[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = /^([A-Za-z0-9_-]+):\s*(.+)$/.exec(line);
    if (match === null) {
      notes.push({ file, line: index + 1, message: `Not understood: ${line.trim()}` });
      continue;
    }
    const [, name = "", command = ""] = match;
    const target = `${escapeName(basename(directory)).replaceAll("\\x2d", "-") || "procfile"}.target`;
    const sections = unitText(`line ${index + 1} of ${file}`, [
      [
        "Unit",
        [
          ["Description", `${name} of ${literal(basename(directory))}`],
          ["After", "network.target"],
          ["PartOf", target],
        ],
      ],
      [
        "Service",
        [
          [
            "ExecStart",
            `/bin/sh -c ${commandWord(`exec ${command.trim()}`.replace(/^exec (?=.*(&&|\|\||;|\|))/, ""))}`,
          ],
          ["WorkingDirectory", literal(directory)],
          ["Environment", `PORT=${5000 + 100 * units.length}`],
          ["EnvironmentFile", `-${literal(`${directory}/.env`)}`],
          ["Restart", "always"],
          ["KillMode", "mixed"],
        ],
      ],
    ]);
    units.push({ name: `${name}.service`, text: sections });
  }
  if (units.length === 0) return { units, notes };
  const wants = units.map(({ name }) => name).join(" ");
  const target = unitText(file, [
    [
      "Unit",
      [
        ["Description", literal(basename(directory))],
        ["Wants", wants],
      ],
    ],
    ["Install", [["WantedBy", "multi-user.target"]]],
  ]);
  units.push({
    name: `${escapeName(basename(directory)).replaceAll("\\x2d", "-") || "procfile"}.target`,
    text: target,
  });
  return { units, notes };
}
