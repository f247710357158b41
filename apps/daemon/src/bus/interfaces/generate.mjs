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
const version = execFileSync(systemd, ["--version"], { encoding: "utf8" }).split("\n")[0];

for (const name of interfaces) {
  const full = name === "LogControl1" ? `org.freedesktop.${name}` : `org.freedesktop.systemd1.${name}`;
  const xml = execFileSync(systemd, [`--bus-introspect=${full}`], { encoding: "utf8" });
  const start = xml.indexOf(`<interface name="${full}">`);
  const part = xml.slice(start, xml.indexOf("</interface>", start));
  const constant = `${name[0].toLowerCase()}${name.slice(1)}Interface`;
  const lines = [
    `// Written by generate.mjs from "${version}"; do not edit.`,
    'import type { InterfaceDeclaration } from "@steward/ipc";',
    "",
    `export const ${constant}: InterfaceDeclaration = {`,
    `  name: "${full}",`,
    ...table("methods", members(part, "method").map(method)),
    ...table("properties", members(part, "property").map(property)),
    ...table("signals", members(part, "signal").map(signal)),
    "};",
    "",
  ];
  writeFileSync(join(import.meta.dirname, `${kebab(name)}.ts`), lines.join("\n"));
}

const exports = interfaces.map((name) => {
  const constant = `${name[0].toLowerCase()}${name.slice(1)}Interface`;
  return `export { ${constant} } from "./${kebab(name)}.ts";`;
});
const header = `// Written by generate.mjs from "${version}"; do not edit.`;
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
