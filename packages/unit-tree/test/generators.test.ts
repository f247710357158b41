// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what is tested
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  expandVariables,
  nodeTree,
  readEnvironmentDirectories,
  runEnvironmentGenerators,
  runGenerators,
} from "../src/index.ts";

let dir: string;
const inside = (name: string): string => path.join(dir, name);

function put(name: string, text: string, mode = 0o755): void {
  fs.mkdirSync(path.dirname(inside(name)), { recursive: true });
  fs.writeFileSync(inside(name), text, { mode });
}

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "steward-generators-"));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const output = () => ({
  normal: inside("run/generator"),
  early: inside("run/generator.early"),
  late: inside("run/generator.late"),
});
const environment = { PATH: "/usr/bin:/bin" };

test("generators get three directories; names in earlier directories win, links to /dev/null hide", async () => {
  put("lib/a", '#!/bin/sh\necho "from $0"\necho lib > "$1/a.service"\necho x > "$3/late.service"\n');
  put("lib/b", '#!/bin/sh\ntouch "$1/b.service"\n');
  put("lib/c", '#!/bin/sh\ntouch "$1/c.service"\n');
  put("lib/not-executable", "#!/bin/sh\ntouch $1/n.service\n", 0o644);
  put("etc/a", '#!/bin/sh\necho "$SCOPE" > "$1/a.service"\necho said; echo wrong >&2; exit 3\n');
  put("etc/c", "");
  fs.symlinkSync("/dev/null", inside("etc/b"));
  fs.mkdirSync(inside("run/generator"), { recursive: true });
  put("run/generator/old.service", "");
  const lines: string[] = [];
  const ends = await runGenerators({
    directories: [inside("etc"), inside("lib"), inside("none")],
    output: output(),
    environment: { ...environment, SCOPE: "system" },
    log: (from, line) => lines.push(`${path.basename(from)}: ${line}`),
  });
  expect(ends).toEqual([{ path: inside("etc/a"), status: 3, failure: undefined, output: "" }]);
  expect(lines.sort()).toEqual(["a: said", "a: wrong"]);
  expect(fs.readdirSync(inside("run"))).toEqual(["generator"]);
  expect(fs.readFileSync(inside("run/generator/a.service"), "utf8")).toBe("system\n");
  expect(fs.readdirSync(inside("run/generator"))).toEqual(["a.service"]);
});

test("one that hangs is killed with its children, one that cannot run is named, others go on", async () => {
  put("lib/hangs", "#!/bin/sh\nsleep 1000 &\nsleep 1000\n");
  put("lib/broken", "#!/no/such/interpreter\n");
  put("lib/works", '#!/bin/sh\ntouch "$2/w.service"\n');
  const ends = await runGenerators({ directories: [inside("lib")], output: output(), environment, timeoutMs: 300 });
  expect(ends.map(({ path: from, status, failure }) => [path.basename(from), status, failure])).toEqual([
    ["broken", undefined, "ENOENT"],
    ["hangs", undefined, "timed out"],
    ["works", 0, undefined],
  ]);
  expect(fs.readdirSync(inside("run"))).toEqual(["generator.early"]);
});

const genuine = "/usr/lib/systemd/system-generators/systemd-sysv-generator";
test.skipIf(!fs.existsSync(genuine))("the genuine sysv generator runs (needs systemd's generators)", async () => {
  const directory = inside("lib");
  fs.mkdirSync(directory);
  fs.symlinkSync(genuine, `${directory}/systemd-sysv-generator`);
  const [end] = await runGenerators({ directories: [directory], output: output(), environment });
  expect(end).toMatchObject({ status: 0, failure: undefined });
});

test("environment generators see what those before them printed", async () => {
  put("gen/10-first", '#!/bin/sh\necho "A=one"\necho "PATH=/opt:$PATH"\n');
  put("gen/20-second", '#!/bin/sh\necho "B=$A-two"\necho \'C="x $B"\'\n');
  put("gen/30-fails", '#!/bin/sh\necho "D=no"\nexit 1\n');
  const { variables, ends } = await runEnvironmentGenerators({ directories: [inside("gen")], variables: environment });
  expect(variables).toEqual({ PATH: "/opt:/usr/bin:/bin", A: "one", B: "one-two", C: "x one-two" });
  expect(ends.map(({ status }) => status)).toEqual([0, 0, 1]);
});

test("environment.d: by name, the first directory has a name", () => {
  put("home/20-b.conf", "B=${A:-none}+${NONE:-other}+${A:+set}\n");
  put("usr/10-a.conf", "A=usr\n# comment\nP=$P:/x\n");
  put("usr/20-b.conf", "B=hidden\n");
  put("usr/ignored.txt", "X=1\n");
  const read = readEnvironmentDirectories(nodeTree(), [inside("home"), inside("usr")], { P: "/bin" });
  expect(read).toEqual({ P: "/bin:/x", A: "usr", B: "usr+other+set" });
});

test.each([
  ["$A${B}", "12"],
  ["${A", "${A"],
  ["$$A", "$A"],
  ["$", "$"],
  ["$1", "$1"],
  ["${A:-${B}}", "1"],
  ["${N:-${B}-${N:-x}}", "2-x"],
  ["${A:+${B}}${N:+no}", "2"],
  ["${A%x}", "${A%x}"],
  ["a$N.b", "a.b"],
])("expandVariables(%j) = %j", (text, expanded) => {
  expect(expandVariables(text, { A: "1", B: "2" })).toBe(expanded);
});
