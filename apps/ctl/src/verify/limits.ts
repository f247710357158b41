/** What this version of steward reads and does not carry out. */
import { notCarriedOutOf, supportOf } from "@steward/process-runtime";
import { directives, type LoadedUnit, ownSection, type SectionName } from "@steward/unit-file";
import type { Finding } from "./finding.ts";
import { directiveOf } from "./settings.ts";

export function limitFindings(unit: LoadedUnit): Finding[] {
  const section = ownSection(unit.type);
  if (section === undefined || unit.loadState !== "loaded") return [];
  const first = directives().find((each) => each.section === section);
  if (first !== undefined && supportOf(first) === "its units do not run yet")
    return [
      {
        severity: "notice",
        own: true,
        unit: unit.id,
        message: `This version of steward does not run ${unit.type} units`,
        man: first.man,
      },
    ];
  if (section !== "Service") return [];
  return notCarriedOutOf(unit).map(
    (name): Finding => ({
      severity: "notice",
      own: true,
      unit: unit.id,
      message: `${name}= is read and not carried out by this version of steward`,
      section,
      directive: name,
      ...pageOf(section, name),
      ...unit.origins(section, name).at(-1),
    }),
  );
}

function pageOf(section: SectionName, name: string): Pick<Finding, "man"> | undefined {
  const man = directiveOf(section, name)?.man;
  return man === undefined ? undefined : { man };
}
