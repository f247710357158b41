/** Users and groups that a unit names and that do not exist (systemd.exec(5), User=). */
import { systemNames } from "@steward/process-runtime";
import { type LoadedUnit, ownSection } from "@steward/unit-file";
import type { Finding } from "./finding.ts";

type Names = ReturnType<typeof systemNames>;

/** The lookup below a root directory. */
export function namesOf(root: string): Names {
  return systemNames(`${root}/etc`);
}

export function peopleFindings(unit: LoadedUnit, names: Names): Finding[] {
  const section = ownSection(unit.type);
  if (section === undefined || !["Service", "Socket", "Mount", "Swap"].includes(section)) return [];
  const { User, Group, SupplementaryGroups, DynamicUser } = unit.settings[section as "Service"];
  const missing = (directive: string, kind: "user" | "group", name: string): Finding[] => {
    // A number needs no entry.
    if (name === "" || /^\d+$/.test(name) || names[kind](name) !== undefined) return [];
    const at = unit.origins(section, directive).at(-1);
    return [
      {
        severity: "warning",
        own: true,
        unit: unit.id,
        message: `${directive}=${name}: there is no such ${kind}`,
        section,
        directive,
        man: "systemd.exec(5)",
        ...at,
      },
    ];
  };
  return [
    ...(DynamicUser ? [] : missing("User", "user", User)),
    ...(DynamicUser ? [] : missing("Group", "group", Group)),
    ...SupplementaryGroups.flatMap((name) => missing("SupplementaryGroups", "group", name)),
  ];
}
