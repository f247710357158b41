import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl"), ...(canBootLab() ? [] : ["namespaces"])];
const units = {
  "family.service": "[Service]\nExecStart=/bin/sh -c 'setsid sleep 1000 & exec sleep 1000'\nSlice=some.slice\n",
  "other.service": "[Service]\nExecStart=/bin/sleep 1000\nSlice=some.slice\n",
  "owner.service":
    "[Service]\nExecStart=/bin/sleep 1000\nRuntimeDirectory=own\nRuntimeDirectoryPreserve=yes\nStateDirectory=own own-b/deep\nCacheDirectory=own\n",
};
/** Without a bus the genuine systemctl does not even try: stewardctl speaks to the private socket. */
const ways = isReference ? (["v2"] as const) : (["v2", "none"] as const);

describe.skipIf(cannot.length > 0).each(ways)("freeze, thaw and clean (cgroup: %s)", (cgroup) => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", units, cgroup });
    if (isReference) await machine.sh("systemctl start dbus.service");
  }, 90_000);
  afterAll(() => machine.stop());

  const freezer = (unit: string): Promise<string> => machine.property(unit, "FreezerState");
  /** Whether all processes of a unit stand still: the kernel's word where there is a freezer, else each one's state. */
  const still = async (unit: string): Promise<boolean> => {
    if (cgroup === "v2") {
      const group = await machine.property(unit, "ControlGroup");
      return (await machine.sh(`cat /sys/fs/cgroup${group}/cgroup.events`)).stdout.includes("frozen 1");
    }
    const { stdout } = await machine.sh("ps -eo stat=,args= | grep '[s]leep 1000'");
    const states = stdout.trim().split("\n");
    return states.filter((line) => line.startsWith("T")).length === 2;
  };

  test("all processes of a unit stand still until it is thawed", async () => {
    await machine.systemctl("start", "family.service");
    expect(await machine.stewardctl("freeze", "family.service")).toMatchObject({ code: 0, stderr: "" });
    expect(await freezer("family.service")).toBe("frozen");
    expect(await still("family.service")).toBe(true);
    expect((await machine.stewardctl("freeze", "family.service")).code).toBe(0);
    expect((await machine.stewardctl("thaw", "family.service")).code).toBe(0);
    expect(await freezer("family.service")).toBe("running");
    expect(await still("family.service")).toBe(false);
  });

  test("a stop thaws", async () => {
    await machine.systemctl("start", "family.service");
    await machine.stewardctl("freeze", "family.service");
    expect((await machine.systemctl("stop", "family.service")).code).toBe(0);
    expect(await machine.property("family.service", "Result")).toBe("success");
    expect(await freezer("family.service")).toBe("running");
  });

  test("a slice is frozen with what is in it", async () => {
    await machine.systemctl("start", "family.service", "other.service");
    expect((await machine.stewardctl("freeze", "some.slice")).code).toBe(0);
    const states = async () => [
      await freezer("some.slice"),
      await freezer("family.service"),
      await freezer("other.service"),
    ];
    expect(await states()).toEqual(["frozen", "frozen", "frozen"]);
    await machine.stewardctl("thaw", "some.slice");
    expect(await states()).toEqual(["running", "running", "running"]);
    await machine.systemctl("stop", "family.service", "other.service");
  });

  test("what cannot be frozen says so", async () => {
    expect(await machine.stewardctl("freeze", "family.service")).toMatchObject({
      code: 1,
      stderr: "Failed to freeze unit family.service: Unit is inactive.\n",
    });
    expect((await machine.stewardctl("freeze", "default.target")).stderr).toBe(
      "Failed to freeze unit default.target: Unit 'default.target' does not support freezing.\n",
    );
  });

  test.skipIf(isReference)("frozen stays frozen when the manager dies", async () => {
    await machine.systemctl("start", "family.service");
    await machine.stewardctl("freeze", "family.service");
    await machine.sh("kill -9 $(pgrep -f '[d]ist/manager.js')");
    await eventually(
      "the next manager",
      () => freezer("family.service"),
      (state) => state === "frozen",
    );
    expect(await still("family.service")).toBe(true);
    expect((await machine.stewardctl("thaw", "family.service")).code).toBe(0);
    expect(await still("family.service")).toBe(false);
    await machine.systemctl("stop", "family.service");
  });

  test("directories of a unit that rests are removed, kind by kind", async () => {
    expect(await machine.property("owner.service", "CanClean")).toBe("runtime state cache");
    await machine.systemctl("start", "owner.service");
    expect(await machine.stewardctl("clean", "owner.service")).toMatchObject({
      code: 1,
      stderr: "Failed to clean unit owner.service: Unit is not inactive or has pending job.\n",
    });
    await machine.systemctl("stop", "owner.service");
    const left = async (): Promise<string> =>
      (await machine.sh("ls -d /run/own /var/lib/own /var/lib/own-b/deep /var/lib/own-b /var/cache/own")).stdout;
    expect(await left()).toBe("/run/own\n/var/cache/own\n/var/lib/own\n/var/lib/own-b\n/var/lib/own-b/deep\n");
    expect((await machine.stewardctl("clean", "--what=logs", "owner.service")).stderr).toBe(
      "Failed to clean unit owner.service: No matching resources found.\n",
    );
    expect(await machine.stewardctl("clean", "owner.service")).toMatchObject({ code: 0, stderr: "" });
    expect(await left()).toBe("/var/lib/own\n/var/lib/own-b\n/var/lib/own-b/deep\n");
    expect((await machine.stewardctl("clean", "--what=all", "owner.service")).code).toBe(0);
    expect(await left()).toBe("/var/lib/own-b\n");
  });

  test("what cannot be removed fails the unit", async () => {
    await machine.systemctl("start", "owner.service");
    await machine.systemctl("stop", "owner.service");
    await machine.sh(
      "mkdir /var/lib/own/busy && mount -t tmpfs tmpfs /var/lib/own/busy && touch /var/lib/own-b/deep/x",
    );
    await machine.stewardctl("clean", "--what=state", "owner.service");
    expect(await machine.property("owner.service", "CleanResult")).toBe("exit-code");
    expect(await machine.property("owner.service", "ActiveState")).toBe("failed");
    expect((await machine.sh("ls /var/lib/own-b")).stdout).toBe("");
    await machine.sh("umount /var/lib/own/busy");
  });
});
