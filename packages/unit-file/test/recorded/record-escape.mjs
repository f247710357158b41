// Asks the genuine systemd-escape about many strings, in all its modes, and writes its answers beside this file:
//   node packages/unit-file/test/recorded/record-escape.mjs [COUNT] > packages/unit-file/test/recorded/escape.jsonl
import { spawn } from "node:child_process";

const count = Number(process.argv[2] ?? 2500);
let state = 42;
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % n;
};
const pieces = [
  "a",
  "Z",
  "0",
  "-",
  "/",
  ".",
  "_",
  "\\",
  "@",
  ":",
  " ",
  "ä",
  "\\x2d",
  "\\x41",
  "\\x",
  "\\xzz",
  "//",
  "/../",
  "/./",
  "..",
  "foo",
  "bar",
  ".service",
  ".mount",
  "*",
  "?",
  "[",
  "~",
  "%",
  "\t",
  "€",
  "/dev/",
  "/sys",
  "@.",
  "home",
];
const strings = new Set(["/", ".", "..", "-", "@", "a", "/dev", "/sys", "foo@bar.service", "foo@.service"]);
while (strings.size < count) {
  let s = "";
  for (let n = 1 + random(8); n > 0; n--) s += pieces[random(pieces.length)];
  strings.add(s);
}
const ask = (...args) =>
  new Promise((resolve) => {
    const child = spawn("systemd-escape", args, { stdio: ["ignore", "pipe", "ignore"] });
    let out = "";
    child.stdout.on("data", (d) => {
      out += d;
    });
    child.on("close", (code) => resolve(code === 0 ? out.replace(/\n$/, "") : null));
  });
for (const s of strings) {
  const answers = await Promise.all([
    ask("--", s),
    ask("--path", "--", s),
    ask("--unescape", "--", s),
    ask("--unescape", "--path", "--", s),
    ask("--mangle", "--", s),
  ]);
  console.log(JSON.stringify([s, ...answers]));
}
