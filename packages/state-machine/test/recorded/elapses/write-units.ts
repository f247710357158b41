// Writes the settings as unit files and a script that starts and asks them, for record.sh: node --conditions=source write-units.ts DIR
import { mkdirSync, writeFileSync } from "node:fs";
import { settings, zones } from "./settings.ts";

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: write-units.ts DIRECTORY");
mkdirSync(`${dir}/units`, { recursive: true });
const script: string[] = [];
for (const [z, zone] of zones.entries()) {
  script.push(`ln -sfn /usr/share/zoneinfo/${zone} /etc/localtime; sleep 0.3; zone=${zone}`);
  for (const [i, { timer, stamp, ran }] of settings.entries()) {
    const name = `e${z}-${i}`;
    writeFileSync(`${dir}/units/${name}.timer`, ["[Timer]", ...timer, ""].join("\n"));
    writeFileSync(`${dir}/units/${name}.service`, "[Service]\nType=oneshot\nExecStart=/bin/true\n");
    if (ran) script.push(`systemctl start ${name}.service`);
    if (stamp !== undefined)
      script.push(
        `mkdir -p /var/lib/systemd/timers; touch -d "${stamp} seconds" /var/lib/systemd/timers/stamp-${name}.timer`,
      );
    script.push(`ask ${z} ${i} ${stamp === undefined ? "" : "stamp"}`);
  }
}
writeFileSync(`${dir}/script`, `${script.join("\n")}\n`);
