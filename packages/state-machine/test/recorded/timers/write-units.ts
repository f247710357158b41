// Writes the scenarios as unit files, bash scripts and one driver, for record.sh: node --conditions=source write-units.ts DIR
import { mkdirSync, writeFileSync } from "node:fs";
import { toScript } from "../traces/behaviour.ts";
import { scenarios, unitTexts } from "./scenarios.ts";

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: write-units.ts DIRECTORY");
for (const name of ["units", "bin"]) mkdirSync(`${dir}/${name}`, { recursive: true });
for (const [i, s] of scenarios.entries()) {
  const name = `t-${i}`;
  const program = `${dir}/bin/${name}-main`;
  writeFileSync(program, toScript(s.main ?? {}));
  for (const [unit, text] of Object.entries(unitTexts(s, name, `/bin/bash ${program}`)))
    writeFileSync(`${dir}/units/${unit}`, text);
  const line = (step: string | number): string => {
    if (typeof step === "number") return `sleep ${step / 1000}`;
    const [verb, other] = step.split(" ");
    if (verb === "zone") return `ln -sfn /usr/share/zoneinfo/${other} /etc/localtime`;
    const unit = verb === "daemon-reload" ? "" : `${name}.${other ?? "timer"}`;
    return `systemctl ${verb} ${unit} >/dev/null 2>&1`;
  };
  const stamp = `/var/lib/systemd/timers/stamp-${name}.timer`;
  const before =
    s.stamp === undefined ? [] : [`mkdir -p ${stamp.replace(/\/[^/]*$/, "")}; touch -d "${s.stamp} seconds" ${stamp}`];
  const show = (unit: string): string =>
    `systemctl show ${unit} -p ActiveState -p SubState -p Result | sed 's/^/SHOW ${unit} /'`;
  writeFileSync(
    `${dir}/bin/drive-${i}`,
    [
      ...before,
      ...s.do.map(line),
      `now=$(date +%s%6N); echo END ${name}.timer $now; echo END ${name}.service $now`,
      show(`${name}.timer`),
      show(`${name}.service`),
      "",
    ].join("\n"),
  );
}
writeFileSync(`${dir}/count`, String(scenarios.length));
