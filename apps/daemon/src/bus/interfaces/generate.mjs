#!/usr/bin/env node
// Writes the *.ts files beside it from the genuine systemd's own description of its interfaces:
//   node apps/daemon/src/bus/interfaces/generate.mjs [/lib/systemd/systemd]
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const systemd = process.argv[2] ?? "/lib/systemd/systemd";
const interfaces = [
  "Manager",
  "Unit",
  "Service",
  "Socket",
  "Target",
  "Timer",
  "Path",
  "Slice",
  "Scope",
  "Mount",
  "Automount",
  "Swap",
  "Device",
  "Job",
  "LogControl1",
];
/** Properties that several types share as a whole, in systemd's order: each block is what stands in that type from one name on. */
const shared = [
  { name: "cgroup", from: "Slice", in: "Slice", man: "systemd.resource-control(5)" },
  { name: "exec", from: "Environment", in: "Swap", until: "KillMode", man: "systemd.exec(5)" },
  { name: "kill", from: "KillMode", in: "Scope", man: "systemd.kill(5)" },
];
const version = execFileSync(systemd, ["--version"], { encoding: "utf8" }).split("\n")[0];
const header = `// Written by generate.mjs from "${version}"; do not edit.`;

/** The introspection of an interface. */
function describe(name) {
  const full = name === "LogControl1" ? `org.freedesktop.${name}` : `org.freedesktop.systemd1.${name}`;
  const xml = execFileSync(systemd, [`--bus-introspect=${full}`], { encoding: "utf8" });
  const start = xml.indexOf(`<interface name="${full}">`);
  return { full, xml: xml.slice(start, xml.indexOf("</interface>", start)) };
}

const properties = (xml) => members(xml, "property").map(property);
const at = (rows, name) => rows.findIndex((row) => row.startsWith(`${name}:`));

for (const block of shared) {
  const rows = properties(describe(block.in).xml);
  block.rows = rows.slice(at(rows, block.from), block.until === undefined ? undefined : at(rows, block.until));
  block.constant = `${block.name}Properties`;
  const lines = [
    header,
    'import type { InterfaceDeclaration } from "@steward/ipc";',
    "",
    `/** ${block.man}: the same in every type that has them. */`,
    `export const ${block.constant}: InterfaceDeclaration["properties"] = {`,
    ...block.rows.map((row) => `  ${row},`),
    "};",
    "",
  ];
  writeFileSync(join(import.meta.dirname, `${block.name}-properties.ts`), lines.join("\n"));
}

/** The rows of an interface, with each shared block that it holds as one. */
function withBlocks(rows) {
  const used = [];
  for (const block of shared) {
    const from = at(rows, block.from);
    if (from < 0 || block.rows.some((row, index) => rows[from + index] !== row)) continue;
    rows = [...rows.slice(0, from), `...${block.constant}`, ...rows.slice(from + block.rows.length)];
    used.push(block);
  }
  return { rows, used };
}

for (const name of interfaces) {
  const { full, xml } = describe(name);
  const { rows, used } = withBlocks(properties(xml));
  const constant = `${name[0].toLowerCase()}${name.slice(1)}Interface`;
  const lines = [
    header,
    'import type { InterfaceDeclaration } from "@steward/ipc";',
    ...used.map((block) => `import { ${block.constant} } from "./${block.name}-properties.ts";`),
    "",
    `export const ${constant}: InterfaceDeclaration = {`,
    `  name: "${full}",`,
    ...table("methods", members(xml, "method").map(method)),
    ...table("properties", rows),
    ...table("signals", members(xml, "signal").map(signal)),
    "};",
    "",
  ];
  writeFileSync(join(import.meta.dirname, `${kebab(name)}.ts`), lines.join("\n"));
}

const exports = interfaces.map((name) => {
  const constant = `${name[0].toLowerCase()}${name.slice(1)}Interface`;
  return `export { ${constant} } from "./${kebab(name)}.ts";`;
});
writeFileSync(join(import.meta.dirname, "index.ts"), `${header}\n${exports.sort().join("\n")}\n`);

function kebab(name) {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

/** The elements of one kind, each with its attributes and what stands inside. */
function members(xml, tag) {
  const pattern = new RegExp(`<${tag} ([^>]*?)(?:/>|>([\\s\\S]*?)</${tag}>)`, "g");
  return [...xml.matchAll(pattern)].map(([, attributes, inner = ""]) => ({ ...attributesOf(attributes), inner }));
}

function attributesOf(text) {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
}

function annotations(inner) {
  return Object.fromEntries(members(inner, "annotation").map(({ name, value }) => [name.split(".").at(-1), value]));
}

function args(inner, direction) {
  const wanted = members(inner, "arg").filter((arg) => direction === undefined || arg.direction === direction);
  return `[${wanted.map(({ name = "", type }) => `["${name}", "${type}"]`).join(", ")}]`;
}

function method({ name, inner }) {
  const { Deprecated, NoReply } = annotations(inner);
  const flags = `${Deprecated ? ", deprecated: true" : ""}${NoReply ? ", noReply: true" : ""}`;
  return `${name}: { in: ${args(inner, "in")}, out: ${args(inner, "out")}${flags} }`;
}

function property({ name, type, access, inner }) {
  const { Deprecated, EmitsChangedSignal = "true" } = annotations(inner);
  const flags = `${access === "readwrite" ? ", writable: true" : ""}${Deprecated ? ", deprecated: true" : ""}`;
  return `${name}: { signature: "${type}", emits: "${EmitsChangedSignal}"${flags} }`;
}

function signal({ name, inner }) {
  return `${name}: { args: ${args(inner)} }`;
}

function table(name, rows) {
  return rows.length === 0 ? [`  ${name}: {},`] : [`  ${name}: {`, ...rows.map((row) => `    ${row},`), "  },"];
}
