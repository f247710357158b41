// Writes the scenarios as unit files, bash scripts and one driver, for record.sh: node --conditions=source write-units.ts DIR
import { mkdirSync, writeFileSync } from "node:fs";
import { toScript } from "./behaviour.ts";
import { scenarios, unitText } from "./scenarios.ts";

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: write-units.ts DIRECTORY");
mkdirSync(`${dir}/units`, { recursive: true });
mkdirSync(`${dir}/bin`, { recursive: true });
for (const [i, s] of scenarios.entries()) {
  const command = (directive: string): string => {
    const behaviour = directive === "ExecStart" ? (s.main ?? {}) : s.others![directive]!;
    if (behaviour.notFound) return "/nonexistent/program";
    const path = `${dir}/bin/t-${i}-${directive}`;
    writeFileSync(path, toScript(behaviour));
    return `/bin/bash ${path}`;
  };
  writeFileSync(`${dir}/units/t-${i}.service`, unitText(s, command));
  const steps = s.do.map((step) =>
    typeof step === "number" ? `sleep ${step / 1000}` : `systemctl ${step} t-${i}.service >/dev/null 2>&1`,
  );
  writeFileSync(
    `${dir}/bin/drive-${i}`,
    `${steps.join("\n")}\nsystemctl show t-${i}.service -p ActiveState -p SubState -p Result -p NRestarts -p ExecMainCode -p ExecMainStatus | sed 's/^/SHOW t-${i}.service /'\n`,
  );
}
writeFileSync(`${dir}/count`, String(scenarios.length));
