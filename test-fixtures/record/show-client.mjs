// Asks a manager's private socket for all properties of the units in a directory, and prints them: one JSON line a unit.
// It speaks just enough D-Bus for that, so that what is recorded owes nothing to the code that is tested with it.
import { readdirSync } from "node:fs";
import { createConnection } from "node:net";

const [socketPath, directory, ...more] = process.argv.slice(2);
const files =
  directory === "-" ? [] : readdirSync(directory).filter((name) => /\.(?!d$|wants$|requires$)[a-z]+$/.test(name));
const names = [...files.map((name) => name.replace("@.", "@one.")), ...more];
if (directory !== "-") names.push("s-tmpl@a-b\\x2dc.service", "nosuch.service", "some-other.slice");

const socket = createConnection(socketPath);
let buffer = Buffer.alloc(0);
let wake;
socket.on("data", (d) => {
  buffer = Buffer.concat([buffer, d]);
  wake?.();
});
const more_ = () =>
  new Promise((r) => {
    wake = () => r(undefined);
  });
async function need(n) {
  while (buffer.length < n) await more_();
}

socket.write("\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n");
for (let lines = 0; lines < 3; lines++) {
  while (!buffer.includes("\r\n")) await more_();
  const end = buffer.indexOf("\r\n");
  buffer = buffer.subarray(end + 2);
}

class Writer {
  parts = [];
  length = 0;
  push(b) {
    this.parts.push(b);
    this.length += b.length;
  }
  align(n) {
    const pad = (n - (this.length % n)) % n;
    if (pad) this.push(Buffer.alloc(pad));
  }
  u32(v) {
    this.align(4);
    const b = Buffer.alloc(4);
    b.writeUInt32LE(v);
    this.push(b);
  }
  str(s) {
    const b = Buffer.from(s);
    this.u32(b.length);
    this.push(b);
    this.push(Buffer.alloc(1));
  }
  sig(s) {
    this.push(Buffer.from([s.length]));
    this.push(Buffer.from(`${s}\0`));
  }
  done() {
    return Buffer.concat(this.parts);
  }
}

let serial = 0;
function call(path, iface, member, signature, args) {
  const body = new Writer();
  for (const a of args) body.str(a);
  const w = new Writer();
  w.push(Buffer.from([108, 1, 0, 1]));
  w.u32(body.length);
  w.u32(++serial);
  const fields = new Writer();
  const field = (code, type, value) => {
    fields.align(8);
    fields.push(Buffer.from([code]));
    fields.sig(type);
    type === "g" ? fields.sig(value) : fields.str(value);
  };
  field(1, "o", path);
  field(2, "s", iface);
  field(3, "s", member);
  field(6, "s", "org.freedesktop.systemd1");
  if (signature) field(8, "g", signature);
  w.u32(fields.length);
  w.push(fields.done());
  w.align(8);
  socket.write(Buffer.concat([w.done(), body.done()]));
  return serial;
}

function reader(b, at = 0) {
  const align = (n) => {
    at += (n - (at % n)) % n;
  };
  const u32 = () => {
    align(4);
    at += 4;
    return b.readUInt32LE(at - 4);
  };
  const sigEnd = (s, i) => {
    if (s[i] === "a") return sigEnd(s, i + 1);
    if (s[i] === "(" || s[i] === "{") {
      let k = i + 1;
      while (s[k] !== ")" && s[k] !== "}") k = sigEnd(s, k);
      return k + 1;
    }
    return i + 1;
  };
  const value = (s) => {
    switch (s[0]) {
      case "y":
        return b[at++];
      case "b":
        return u32() === 1;
      case "q":
        align(2);
        at += 2;
        return b.readUInt16LE(at - 2);
      case "n":
        align(2);
        at += 2;
        return b.readInt16LE(at - 2);
      case "u":
      case "h":
        return u32();
      case "i":
        align(4);
        at += 4;
        return b.readInt32LE(at - 4);
      case "t":
        align(8);
        at += 8;
        return String(b.readBigUInt64LE(at - 8));
      case "x":
        align(8);
        at += 8;
        return String(b.readBigInt64LE(at - 8));
      case "d":
        align(8);
        at += 8;
        return b.readDoubleLE(at - 8);
      case "s":
      case "o": {
        const n = u32();
        const t = b.toString("utf8", at, at + n);
        at += n + 1;
        return t;
      }
      case "g": {
        const n = b[at++];
        const t = b.toString("utf8", at, at + n);
        at += n + 1;
        return t;
      }
      case "v": {
        const t = value("g");
        return { t, v: value(t) };
      }
      case "a": {
        const n = u32();
        const item = s.slice(1);
        align(
          "({xtd".includes(item[0])
            ? 8
            : item[0] === "y" || item[0] === "g" || item[0] === "v"
              ? 1
              : item[0] === "q" || item[0] === "n"
                ? 2
                : 4,
        );
        const end = at + n;
        const out = [];
        while (at < end) out.push(value(item));
        return out;
      }
      case "(":
      case "{": {
        align(8);
        const out = [];
        let i = 1;
        while (s[i] !== ")" && s[i] !== "}") {
          const k = sigEnd(s, i);
          out.push(value(s.slice(i, k)));
          i = k;
        }
        return out;
      }
      default:
        throw new Error(`type ${s}`);
    }
  };
  return {
    value,
    get at() {
      return at;
    },
  };
}

async function reply(want) {
  for (;;) {
    await need(16);
    const bodyLength = buffer.readUInt32LE(4);
    const fieldsLength = buffer.readUInt32LE(12);
    const head = 16 + fieldsLength + ((8 - ((16 + fieldsLength) % 8)) % 8);
    await need(head + bodyLength);
    const message = Buffer.from(buffer.subarray(0, head + bodyLength));
    buffer = buffer.subarray(head + bodyLength);
    const fields = Object.fromEntries(
      reader(message, 12)
        .value("a(yv)")
        .map(([k, v]) => [k, v.v]),
    );
    if (fields[5] !== want) continue;
    const body = reader(message.subarray(head)).value(`(${fields[8] ?? ""})`);
    return message[1] === 2 ? { ok: true, body } : { ok: false, error: fields[4], body };
  }
}

const escaped = (n) =>
  Buffer.from(n).reduce(
    (s, c, i) =>
      s +
      (/[A-Za-z]/.test(String.fromCharCode(c)) || (i > 0 && /[0-9]/.test(String.fromCharCode(c)))
        ? String.fromCharCode(c)
        : `_${c.toString(16).padStart(2, "0")}`),
    "",
  );
for (const name of [...new Set(names)].sort()) {
  const answer = await reply(
    call(`/org/freedesktop/systemd1/unit/${escaped(name)}`, "org.freedesktop.DBus.Properties", "GetAll", "s", [""]),
  );
  if (!answer.ok) {
    console.log(JSON.stringify({ unit: name, error: answer.error, message: answer.body[0] }));
    continue;
  }
  console.log(JSON.stringify({ unit: name, properties: answer.body[0].map(([key, { t, v }]) => [key, t, v]) }));
}
socket.end();
