import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, eventually, type Instance, isReference, lacks, programs } from "../src/index.ts";

const cannot = [...lacks("systemctl", "a C compiler"), ...(canBootLab() ? [] : ["namespaces"])];

const stores = (puppet: string): string =>
  [
    `ExecStart=${puppet} list-fds=/run/starts`,
    '"store=/run/a:FDSTORE=1\\\\nFDNAME=a"',
    '"store=again:FDSTORE=1\\\\nFDNAME=b"',
    '"store=/run/b:FDSTORE=1"',
    '"store=pipe:FDSTORE=1\\\\nFDNAME=hangs"',
    "barrier touch=/run/stored until=/run/go hang-up",
    '"store=pipe:FDSTORE=1\\\\nFDNAME=unwatched\\\\nFDPOLL=0"',
    "hang-up",
    '"store=/run/c:FDSTORE=1\\\\nFDNAME=c:d"',
    '"notify=FDSTOREREMOVE=1\\\\nFDNAME=stored"',
    "barrier touch=/run/done wait",
  ].join(" ");

const units = (puppet: string): Record<string, string> => ({
  "keeps.service": `[Service]\n${stores(puppet)}\nFileDescriptorStoreMax=4\nRestart=on-failure\nRestartSec=0\n`,
  "none.service": `[Service]\nExecStart=${puppet} list-fds=/run/none-starts store=/run/a:FDSTORE=1 barrier touch=/run/none wait\nNotifyAccess=main\n`,
  "lasts.service": `[Service]\nExecStart=${puppet} list-fds=/run/last-starts "store=/run/a:FDSTORE=1\\\\nFDNAME=a" barrier touch=/run/lasts wait\nFileDescriptorStoreMax=9\nFileDescriptorStorePreserve=yes\n`,
});

describe.skipIf(cannot.length > 0).each(isReference ? (["v2"] as const) : (["v2", "none"] as const))(
  "the file descriptor store (cgroup: %s)",
  (cgroup) => {
    let machine: Instance;
    beforeAll(async () => {
      machine = await boot({ mode: "pid1", units: units(`${programs()}/puppet`), cgroup });
    }, 90_000);
    afterAll(() => machine.stop());

    const count = (unit: string): Promise<string> => machine.property(unit, "NFileDescriptorStore");
    const file = async (path: string): Promise<string> => (await machine.sh(`cat ${path} 2>/dev/null`)).stdout;
    const there = (path: string): Promise<unknown> =>
      eventually(
        path,
        async () => (await machine.sh(`test -e ${path}`)).code,
        (code) => code === 0,
      );
    const counts = (unit: string, wanted: string): Promise<unknown> =>
      eventually(
        `${wanted} descriptors of ${unit}`,
        () => count(unit),
        (now) => now === wanted,
      );

    test("what a service stores is counted once, until its other end hangs up", async () => {
      await machine.systemctl("start", "keeps.service");
      await there("/run/stored");
      expect(await count("keeps.service")).toBe("3");
      await machine.sh("touch /run/go");
      await there("/run/done");
      await counts("keeps.service", "2");
      expect(await file("/run/starts")).toBe("none -\n");
    });

    test.skipIf(isReference)("it outlives the manager", async () => {
      await machine.sh("kill -9 $(pgrep -f '[d]ist/manager.js')");
      await eventually(
        "the next manager",
        () => machine.property("keeps.service", "ActiveState"),
        (state) => state === "active",
      );
      expect(await count("keeps.service")).toBe("2");
    });

    test("it outlives the service, and is passed to the next with its names, newest first", async () => {
      await machine.sh("rm /run/go /run/done /run/stored");
      await machine.systemctl("kill", "-s", "KILL", "keeps.service");
      await there("/run/stored");
      expect(await file("/run/starts")).toBe("none -\n2 unwatched:a pipe /run/a\n");
      expect(await count("keeps.service")).toBe("4");
      await machine.systemctl("restart", "keeps.service");
      await eventually(
        "the third start",
        () => file("/run/starts"),
        (text) => text.split("\n").length === 4,
      );
    });

    test("a stop empties it", async () => {
      expect(await machine.systemctl("stop", "keeps.service")).toMatchObject({ code: 0 });
      expect(await count("keeps.service")).toBe("0");
      await machine.sh("rm /run/starts");
      await machine.systemctl("start", "keeps.service");
      await there("/run/starts");
      expect(await file("/run/starts")).toBe("none -\n");
    });

    test("without FileDescriptorStoreMax= nothing is kept", async () => {
      await machine.systemctl("start", "none.service");
      await there("/run/none");
      expect(await count("none.service")).toBe("0");
    });

    // FileDescriptorStorePreserve= is of systemd 254.
    test.skipIf(isReference)(
      "FileDescriptorStorePreserve=yes keeps it through a stop, until it is cleaned",
      async () => {
        await machine.systemctl("start", "lasts.service");
        await there("/run/lasts");
        await machine.systemctl("stop", "lasts.service");
        expect(await count("lasts.service")).toBe("1");
        await machine.systemctl("start", "lasts.service");
        expect(await file("/run/last-starts")).toBe("none -\n1 a /run/a\n");
        await machine.systemctl("stop", "lasts.service");
        expect((await machine.stewardctl("clean", "--what=fdstore", "lasts.service")).stderr).toBe("");
        expect(await count("lasts.service")).toBe("0");
      },
    );
  },
);
