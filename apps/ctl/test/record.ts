/**
 * Records what the genuine systemd answers and systemctl prints, into test/recorded/systemd.json. Inside a lab, as root:
 *   test-fixtures/lab/lab boot rec
 *   test-fixtures/lab/lab exec rec "$PWD/node_modules/node/bin/node" --conditions=source "$PWD/apps/ctl/test/record.ts" > apps/ctl/test/recorded/systemd.json
 *   test-fixtures/lab/lab stop rec
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectBus, DBusError, type IncomingCall } from "@steward/ipc";
import { callKey, type RecordedCommand, type RecordedReply, serve } from "./recorded-manager.ts";

const units: { readonly [name: string]: string } = {
  "web.service": `[Unit]
Description=My Web
Documentation=man:foo(8) https://example.com
After=network.target
[Service]
ExecStartPre=/bin/true
ExecStart=/bin/sh -c 'exec sleep 1000'
ExecReload=/bin/true
Environment=A=b "C=d e"
MemoryMax=100M
[Install]
WantedBy=multi-user.target
`,
  "web.service.d/10-nice.conf": "[Service]\nNice=3\n",
  "bad.service": "[Service]\nExecStart=/bin/false\n",
  "broken.service": "[Service]\nExecStrt=/bin/false\n",
  "cond.service": "[Unit]\nConditionPathExists=/nope\nConditionPathExists=!/etc\n[Service]\nExecStart=/bin/true\n",
  "one.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\nExecStart=/bin/echo two\n",
  "idle.socket": "[Socket]\nService=web.service\nListenStream=/run/x.sock\nListenDatagram=127.0.0.1:99\n",
  "qux.timer": "[Timer]\nOnCalendar=daily\nUnit=one.service\n[Install]\nWantedBy=timers.target",
  "rich.service": `[Service]
ExecStart=/bin/sleep 300
SuccessExitStatus=3 TERM SIGHUP
EnvironmentFile=-/etc/foo
BindPaths=/tmp:/mnt
IPAddressAllow=10.0.0.0/8 ::1 fe80::/64
SystemCallFilter=~@clock
RestrictNamespaces=net user
CPUAffinity=0-1
RuntimeMaxSec=1h
DeviceAllow=/dev/null rw
LogExtraFields=A=b
`,
};

const commands: readonly string[] = [
  "status -n 0 web",
  "status -n 0 bad broken cond one idle.socket qux.timer nope",
  "status -n 0 basic.target tmp.mount init.scope",
  "list-units",
  "list-units --all",
  "list-units --all w* b* nope*",
  "list-units --plain --no-legend w* bad.service",
  "--failed",
  "list-units -o json w*",
  "list-units --state=running",
  "list-units --type=socket --all",
  "list-dependencies --reverse web",
  "list-dependencies sockets.target",
  "list-dependencies --plain getty.target slices.target",
  "list-dependencies --after --all paths.target",
  "list-dependencies nope",
  "list-jobs",
  "list-sockets",
  "list-sockets --show-types -o json",
  "list-timers --all",
  "show web",
  "show --all web",
  "show --all rich cond idle.socket qux.timer init.scope",
  "show -p MainPID,ActiveState -p Id web one",
  "show --value -p MainPID -p Id web",
  "show -P Id web",
  "show",
  "cat nope",
  "get-default",
  "is-enabled web one",
  "is-enabled nope",
  "is-active web bad nope",
  "is-active nope",
  "is-failed web bad",
  "is-failed web",
  "is-system-running",
  "show-environment",
  "log-level",
  "service-watchdogs",
  "cancel 555",
  "kill nope",
  "reload one",
  "start nope",
  "stop nope",
  "isolate web",
  "enable nope",
  "status 999999",
  "show 999",
];

function systemctl(args: readonly string[]): RecordedCommand {
  const { stdout, stderr, status } = spawnSync("systemctl", [...args], { encoding: "utf8" });
  return { args, stdout, stderr, code: status ?? -1 };
}

for (const [name, text] of Object.entries(units)) {
  const path = join("/etc/systemd/system", name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
}
execFileSync("systemctl", ["daemon-reload"]);
for (const setup of [
  "enable -q web.service qux.timer",
  "start web one qux.timer cond rich",
  "start bad",
  "set-environment A=b A2=x\\ y",
]) {
  spawnSync(
    "systemctl",
    setup.split(/(?<!\\) /).map((word) => word.replace("\\ ", " ")),
  );
}

const replies: { [call: string]: RecordedReply } = {};
const behind = connectBus({ path: "/run/systemd/private", destination: "org.freedesktop.systemd1" });

async function forward(call: IncomingCall): Promise<void> {
  const { path, interface: name, member, signature } = call.message;
  const key = callKey(call);
  try {
    const target = { path: path!, member: member!, ...(name !== undefined && { interface: name }) };
    const reply = await behind.request({ ...target, signature, body: call.message.body() });
    replies[key] = { signature: reply.signature, body: reply.bodyBytes.toString("base64") };
    call.reply(reply.signature, reply.body());
  } catch (error) {
    if (!(error instanceof DBusError)) throw error;
    replies[key] = { error: [error.errorName, error.message] };
    call.fail(error);
  }
}

const server = await serve("/run/recorder", (call) => void forward(call));
const recorded: RecordedCommand[] = [];
for (const command of commands) {
  const args = command.split(" ");
  recorded.push(systemctl(args));
  const ours = [...process.execArgv, join(import.meta.dirname, "../src/main.ts"), "--socket=/run/recorder", ...args];
  const child = spawn(process.execPath, ours, { stdio: "ignore" });
  await new Promise((resolve) => child.on("exit", resolve));
}
server.close();
behind.close();
const systemd = execFileSync("systemctl", ["--version"], { encoding: "utf8" }).split("\n")[0]!;
process.stdout.write(`${JSON.stringify({ systemd, commands: recorded, replies }, null, 1)}\n`);
