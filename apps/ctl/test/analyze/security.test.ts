import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { genuine, own, type Said } from "../own-kit.ts";

const hasGenuine = existsSync("/usr/bin/systemd-analyze");
let home = "";
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "security-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

let made = 0;
function unit(...lines: readonly string[]): string {
  const file = join(home, `made-${made++}.service`);
  writeFileSync(file, ["[Service]", "ExecStart=/bin/true", ...lines, ""].join("\n"));
  return file;
}

/** Spaces at the ends of lines and messages apart. */
const told = ({ code, out }: Said): unknown => ({ code, out: out.replace(/ +$/gm, "") });
const faces = /(🤢|😨|🙁|😐|🙂|😀|😇|:-.)$/gm;
const plain = (said: Said): Said => ({ ...said, out: said.out.replace(faces, "") });

test
  .runIf(hasGenuine)
  .each([
    [["ProtectSystem=strict", "ProtectHome=tmpfs", "PrivateTmp=yes", "NoNewPrivileges=yes"]],
    [["DynamicUser=yes", "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources"]],
    [["User=daemon", "SupplementaryGroups=adm", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "UMask=0027"]],
    [["IPAddressDeny=any", "IPAddressAllow=localhost", "RestrictAddressFamilies=AF_UNIX AF_INET", "Delegate=cpu"]],
    [["PrivateDevices=yes", "DeviceAllow=/dev/fuse rw", "DeviceAllow=char-pts", "RestrictNamespaces=~user mnt"]],
    [["SystemCallFilter=~adjtimex clock_adjtime clock_settime settimeofday", "SystemCallArchitectures=native x86"]],
    [["[Unit]", "DefaultDependencies=no", "[Service]", "User=nobody", "ProtectProc=noaccess", "ProcSubset=pid"]],
  ])("as systemd-analyze security of %j", async (lines) => {
  const file = unit(...lines);
  for (const args of [["--json=short"], ["--no-pager"]]) {
    const [ours, theirs] = [
      await own("analyze", "security", "--offline=1", ...args, file),
      genuine("systemd-analyze", "security", "--offline=1", ...args, file),
    ];
    expect(told(plain(ours))).toEqual(told(plain(theirs)));
  }
});

test.runIf(hasGenuine)("as systemd-analyze security of this machine's own services", async () => {
  const files = readdirSync("/lib/systemd/system")
    .filter((name) => name.endsWith(".service"))
    .map((name) => `/lib/systemd/system/${name}`)
    .slice(0, 50);
  const [ours, theirs] = [
    await own("analyze", "security", "--offline=1", "--json=short", ...files),
    genuine("systemd-analyze", "security", "--offline=1", "--json=short", ...files),
  ];
  expect(ours.out.split("\n")).toEqual(theirs.out.split("\n"));
});

test.runIf(hasGenuine)("a policy, a threshold and what is missing are as under systemd-analyze", async () => {
  const file = unit("ProtectHome=yes");
  const policy = join(home, "policy.json");
  const rows = {
    UMask: { weight: 0 },
    ProtectHome: { weight: 5000, description_good: "homes are safe" },
    PrivateNetwork: { description_bad: "it may phone home", range: 3 },
    SupplementaryGroups: { description_na: "root anyhow" },
  };
  writeFileSync(policy, JSON.stringify(rows));
  const given = `--security-policy=${policy}`;
  for (const args of [
    [given, file],
    ["--threshold=50", file],
    ["--threshold=100", file],
    ["--threshold=101", file],
    [join(home, "nosuch.service")],
  ]) {
    const [ours, theirs] = [
      await own("analyze", "security", "--offline=1", "--no-pager", ...args),
      genuine("systemd-analyze", "security", "--offline=1", "--no-pager", ...args),
    ];
    expect(told(plain(ours))).toEqual(told(plain(theirs)));
  }
});

test("a unit of nothing but a command is unsafe, one that gives everything up is not", async () => {
  const overall = async (...lines: readonly string[]): Promise<string> => {
    const { out } = await own("analyze", "security", "--offline=1", unit(...lines));
    return /: ([0-9.]+ [A-Z]+)/.exec(out)?.[1] ?? out;
  };
  expect(await overall()).toBe("9.6 UNSAFE");
  expect(
    await overall("DynamicUser=yes", "CapabilityBoundingSet=", "SystemCallFilter=read", "PrivateNetwork=yes"),
  ).toBe("3.9 OK");
});
