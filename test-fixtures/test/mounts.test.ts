import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl"), ...(canBootLab() ? [] : ["namespaces"])];
const mount = (...lines: readonly string[]): string => `[Mount]\n${lines.join("\n")}\n`;
const units = {
  "mnt-a.mount": mount(
    "What=tmpfs",
    "Where=/mnt/a",
    "Type=tmpfs",
    "Options=size=1m,nofail,mode=700",
    "DirectoryMode=0711",
  ),
  "mnt-b.mount": mount("What=/srv/shown", "Where=/mnt/b", "Options=bind"),
  "mnt-c.mount": mount("What=nothing", "Where=/mnt/c", "Type=nosuchfs", "SloppyOptions=yes", "ReadWriteOnly=yes"),
  "needs.service": "[Unit]\nRequiresMountsFor=/mnt/e/deep\n[Service]\nExecStart=/bin/sleep 1000\n",
  "bound.service": "[Unit]\nBindsTo=dev-foo.device\nAfter=dev-foo.device\n[Service]\nExecStart=/bin/true\n",
  "swapfile.swap": "[Swap]\nWhat=/swapfile\n",
  "mnt-d.automount": "[Automount]\nWhere=/mnt/d\n",
  "mnt-e.mount": mount("What=tmpfs", "Where=/mnt/e", "Type=tmpfs"),
  "mnt-d.mount": mount("What=tmpfs", "Where=/mnt/d", "Type=tmpfs"),
};

describe.skipIf(cannot.length > 0)("mount units, and the units that no container has", () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units });
  }, 90_000);
  afterAll(() => machine.stop());

  const state = async (unit: string): Promise<string> =>
    `${await machine.property(unit, "ActiveState")} ${await machine.property(unit, "SubState")} ${await machine.property(unit, "Result")}`;
  const becomes = (unit: string, wanted: string): Promise<unknown> =>
    eventually(
      `${unit} ${wanted}`,
      () => state(unit),
      (now) => now === wanted,
    );
  const mountedTimes = async (where: string): Promise<string> =>
    (await machine.sh(`grep -c ' ${where} ' /proc/self/mountinfo`)).stdout.trim();
  const command = async (unit: string, name: string): Promise<string> =>
    /argv\[\]=([^;]*) ;/.exec(await machine.property(unit, name))?.[1] ?? "";

  test("start mounts, reload mounts anew, stop unmounts", async () => {
    expect(await machine.systemctl("start", "mnt-a.mount")).toMatchObject({ code: 0, stderr: "" });
    expect(await state("mnt-a.mount")).toBe("active mounted success");
    expect((await machine.sh("stat -c %a /mnt/a")).stdout).toBe("700\n");
    expect(await machine.property("mnt-a.mount", "Options")).toContain("size=1024k");
    expect(await command("mnt-a.mount", "ExecMount")).toBe("/bin/mount tmpfs /mnt/a -t tmpfs -o size=1m,mode=700");
    expect((await machine.systemctl("reload", "mnt-a.mount")).code).toBe(0);
    expect(await command("mnt-a.mount", "ExecRemount")).toBe(
      "/bin/mount tmpfs /mnt/a -o remount,size=1m,nofail,mode=700 -t tmpfs",
    );
    expect((await machine.systemctl("stop", "mnt-a.mount")).code).toBe(0);
    expect(await state("mnt-a.mount")).toBe("inactive dead success");
    expect(await mountedTimes("/mnt/a")).toBe("0");
    expect((await machine.sh("stat -c %a /mnt/a")).stdout).toBe("711\n");
    expect(await machine.property("mnt-a.mount", "Options")).toBe("size=1m,nofail,mode=700");
  });

  test("what a bind mount shows is made", async () => {
    expect((await machine.systemctl("start", "mnt-b.mount")).code).toBe(0);
    await machine.sh("touch /srv/shown/here");
    expect((await machine.sh("ls /mnt/b")).stdout).toBe("here\n");
    await machine.systemctl("stop", "mnt-b.mount");
  });

  test("a mount that fails says why", async () => {
    expect((await machine.systemctl("start", "mnt-c.mount")).code).toBe(1);
    expect(await state("mnt-c.mount")).toBe("failed failed exit-code");
    expect(await command("mnt-c.mount", "ExecMount")).toBe("/bin/mount nothing /mnt/c -s -w -t nosuchfs");
  });

  test("a service brings the mount that its path needs, and goes with it", async () => {
    await machine.systemctl("start", "needs.service");
    expect(await state("mnt-e.mount")).toBe("active mounted success");
    await machine.systemctl("stop", "mnt-e.mount");
    expect(await machine.property("needs.service", "ActiveState")).toBe("inactive");
  });

  test("a busy mount stays", async () => {
    await machine.systemctl("start", "mnt-a.mount");
    const { stdout } = await machine.sh("cd /mnt/a && systemctl stop mnt-a.mount 2>/dev/null; echo $?");
    expect(stdout).toBe("1\n");
    expect(await state("mnt-a.mount")).toBe("active mounted exit-code");
    expect((await machine.systemctl("stop", "mnt-a.mount")).code).toBe(0);
  });

  test("units come and go with what others mount", async () => {
    await machine.sh("mkdir -p /mnt/x && mount -t tmpfs -o size=2m foo /mnt/x");
    await becomes("mnt-x.mount", "active mounted success");
    expect(await machine.property("mnt-x.mount", "What")).toBe("foo");
    expect((await machine.systemctl("status", "mnt-x.mount")).stdout).toContain(
      "Loaded: loaded (/proc/self/mountinfo)",
    );
    await machine.sh("mount -o remount,ro /mnt/x");
    await eventually(
      "the new options",
      () => machine.property("mnt-x.mount", "Options"),
      (options) => options === "ro,relatime,size=2048k",
    );
    await machine.sh("mount -t tmpfs bar /mnt/x");
    await eventually(
      "the upper mount",
      () => machine.property("mnt-x.mount", "What"),
      (what) => what === "bar",
    );
    expect((await machine.systemctl("stop", "mnt-x.mount")).code).toBe(0);
    expect(await mountedTimes("/mnt/x")).toBe("0");
    await eventually(
      "its unit is forgotten",
      () => machine.property("mnt-x.mount", "LoadState"),
      (loaded) => loaded === "not-found",
    );
  });

  test("a mount that somebody else takes away is dead", async () => {
    await machine.systemctl("start", "mnt-a.mount");
    await machine.sh("umount /mnt/a");
    await becomes("mnt-a.mount", "inactive dead success");
  });

  test.skipIf(isReference)("mounts outlive the manager, and what changes while it is away is seen", async () => {
    await machine.systemctl("start", "mnt-a.mount", "mnt-e.mount");
    const manager = (await machine.sh("pgrep -f '[d]ist/manager.js'")).stdout.trim();
    await machine.sh(`kill -9 ${manager}; umount /mnt/e`);
    await becomes("mnt-e.mount", "inactive dead success");
    expect(await state("mnt-a.mount")).toBe("active mounted success");
    expect(await machine.systemctl("stop", "mnt-a.mount")).toMatchObject({ code: 0 });
    expect(await mountedTimes("/mnt/a")).toBe("0");
  });

  test("the root is there for good", async () => {
    expect(await machine.sh("systemctl show -P SubState -- -.mount")).toMatchObject({ stdout: "mounted\n" });
    expect((await machine.sh("systemctl stop -- -.mount")).code).toBe(3);
  });

  test.each(["dev-foo.device", "swapfile.swap", "mnt-d.automount"])("%s is not supported", async (unit) => {
    expect(await machine.systemctl("start", unit)).toMatchObject({
      code: 1,
      stderr: `Operation on or unit type of ${unit} not supported on this system.\n`,
    });
  });

  test("what is bound to a device does not start", async () => {
    expect((await machine.systemctl("start", "bound.service")).code).toBe(1);
    expect(await machine.property("bound.service", "ActiveState")).toBe("inactive");
  });
});
