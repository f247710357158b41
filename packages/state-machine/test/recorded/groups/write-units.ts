// Writes the groups as unit files, bash scripts and drivers, for record.sh: node --conditions=source write-units.ts DIR
import { mkdirSync, writeFileSync } from "node:fs";
import { toScript } from "../traces/behaviour.ts";
import { fullName, groups, groupText, resolve } from "./groups.ts";

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: write-units.ts DIRECTORY");
mkdirSync(`${dir}/units`, { recursive: true });
mkdirSync(`${dir}/bin`, { recursive: true });
for (const [i, group] of groups.entries()) {
  for (const [name, of] of Object.entries(group.units)) {
    const command = (directive: string): string => {
      const path = `${dir}/bin/g-${i}-${name}-${directive}`;
      writeFileSync(path, toScript(directive === "ExecStart" ? (of.main ?? {}) : of.others![directive]!));
      return `/bin/bash ${path}`;
    };
    writeFileSync(`${dir}/units/${fullName(i, name)}`, groupText(i, of, command));
  }
  const steps = group.do.map((step) =>
    typeof step === "number" ? `sleep ${step / 1000}` : `systemctl ${resolve(i, step)} >/dev/null 2>&1`,
  );
  const shows = Object.keys(group.units).map(
    (name) =>
      `systemctl show ${fullName(i, name)} -p ActiveState -p SubState -p Result -p NRestarts | sed 's/^/SHOW ${fullName(i, name)} /'`,
  );
  writeFileSync(`${dir}/bin/drive-${i}`, `${[...steps, ...shows].join("\n")}\n`);
}
const names = groups.flatMap((group, i) => Object.keys(group.units).map((name) => fullName(i, name)));
writeFileSync(
  `${dir}/units/pin.target`,
  `[Unit]\nDefaultDependencies=no\n${names.map((name) => `After=${name}\n`).join("")}`,
);
writeFileSync(`${dir}/count`, String(groups.length));
