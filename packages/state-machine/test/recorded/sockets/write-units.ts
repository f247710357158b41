// Writes the scenarios as unit files, bash scripts and one driver each, for record.sh: node --conditions=source write-units.ts DIR
import { mkdirSync, writeFileSync } from "node:fs";
import { toScript } from "../traces/behaviour.ts";
import { address, type SocketScenario, scenarios, serviceName, serviceText, socketText } from "./scenarios.ts";

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: write-units.ts DIRECTORY");
mkdirSync(`${dir}/units`, { recursive: true });
mkdirSync(`${dir}/bin`, { recursive: true });

function step(s: SocketScenario, n: number, what: string | number): string {
  if (typeof what === "number") return `sleep ${what / 1000}`;
  const port = address(s, n).split(":")[1];
  if (what === "knock")
    return s.accept ? `(exec 3<>/dev/tcp/127.0.0.1/${port}; read -r _ <&3) &` : `echo x > ${address(s, n)} &`;
  const [first = "", ...words] = what.split(" ");
  const unit = first === "service" ? serviceName(s, n) : `s-${n}.socket`;
  return `systemctl ${first === "service" ? words.join(" ") : what} ${unit} >/dev/null 2>&1`;
}

for (const [n, s] of scenarios.entries()) {
  const command = (directive: string): string => {
    const behaviour = s.others?.[directive] ?? {};
    if (behaviour.notFound) return "/nonexistent/program";
    const path = `${dir}/bin/s-${n}-${directive}`;
    writeFileSync(path, toScript(behaviour));
    return `/bin/bash ${path}`;
  };
  writeFileSync(`${dir}/units/s-${n}.socket`, socketText(s, n, command));
  const main = s.main ?? {};
  writeFileSync(
    `${dir}/bin/s-${n}-main`,
    `${main.letsIn && !s.accept ? "read -r -t 0.05 -u 3 _\n" : ""}${toScript(main)}`,
  );
  if (!s.noTemplate)
    writeFileSync(`${dir}/units/${serviceName(s, n)}`, serviceText(s, `/bin/bash ${dir}/bin/s-${n}-main`));
  const show = "-p ActiveState -p SubState -p Result -p NAccepted -p NConnections -p NRefused";
  const steps = s.do.map((what) => step(s, n, what));
  steps.push(`systemctl show s-${n}.socket ${show} | sed 's/^/SHOW s-${n}.socket /'`);
  writeFileSync(`${dir}/bin/drive-${n}`, `${steps.join("\n")}\n`);
}
writeFileSync(`${dir}/count`, String(scenarios.length));
