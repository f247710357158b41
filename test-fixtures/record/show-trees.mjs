// Writes random trees of unit files, symlinks, masks, drop-ins and .wants directories, each to DIRECTORY/N, and all of them as one line of JSON a
// tree, path to text or { link }, to DIRECTORY/trees.jsonl:   show-trees.mjs DIRECTORY COUNT SEED
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";

const [directory, count, seed] = process.argv.slice(2);
let state = Number(seed) >>> 0;
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) / 2 ** 24;
};
const pick = (items) => items[Math.floor(random() * items.length)];
const roots = ["etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system"];
const names = [
  "zz.service",
  "zz-a.service",
  "zz-a-b.service",
  "zt@.service",
  "zt@x.service",
  "zt@y.service",
  "zu@.service",
  "zv.service",
  "zw.service",
  "zk.socket",
  "zl.target",
  "zl-m.target",
];

const body = (name, tag) => {
  const section = {
    service: `[Service]\nExecStart=/bin/${tag}\n`,
    socket: `[Socket]\nListenStream=/run/${tag}\n`,
    target: "",
  };
  return `[Unit]\nDescription=${tag}\n${section[name.split(".").at(-1)]}`;
};

const lines = [];
for (let tree = 0; tree < Number(count); tree++) {
  const files = {};
  let serial = 0;
  for (const root of roots) {
    for (const name of names) {
      const kind = random();
      const path = `/${root}/${name}`;
      serial += 1;
      if (kind < 0.35) files[path] = body(name, `t${serial}`);
      else if (kind < 0.4) files[path] = { link: "/dev/null" };
      else if (kind < 0.43) files[path] = "";
      else if (kind < 0.58) {
        const target = pick(names);
        files[path] = { link: pick([`/${pick(roots)}/${target}`, target]) };
      } else if (kind < 0.6) files[path] = { link: `/opt/none/${name}` };
    }
    for (const name of [...names, "service", "socket", "target", "zz-.service", "zl-.target"]) {
      if (random() < 0.3) {
        for (const file of ["10.conf", "20.conf", "30.conf", "x.txt"]) {
          const kind = random();
          serial += 1;
          if (kind < 0.35) files[`/${root}/${name}.d/${file}`] = `[Unit]\nDocumentation=man:d${serial}(1)\n`;
          else if (kind < 0.42) files[`/${root}/${name}.d/${file}`] = { link: "/dev/null" };
        }
      }
      for (const suffix of ["wants", "requires"]) {
        if (!name.includes(".") || random() >= 0.12) continue;
        for (let k = 0; k < 3; k++) {
          const other = pick(names);
          const kind = random();
          if (kind < 0.6)
            files[`/${root}/${name}.${suffix}/${other}`] = { link: kind < 0.5 ? `../${other}` : "/dev/null" };
        }
      }
    }
  }
  for (const root of roots) mkdirSync(`${directory}/${tree}/${root}`, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const full = `${directory}/${tree}${path}`;
    mkdirSync(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") writeFileSync(full, content);
    else symlinkSync(content.link, full);
  }
  lines.push(JSON.stringify(files));
}
writeFileSync(`${directory}/trees.jsonl`, `${lines.join("\n")}\n`);
