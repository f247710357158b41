import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, clone, eventually, type Instance, isReference, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl"), ...(canBootLab() ? [] : ["namespaces"])];

/** The two programs start from anywhere, by any name, in a root file system without Node and libatomic, from a clone that cannot be written. */
describe.skipIf(cannot.length > 0 || isReference)(`launchers${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({
      mode: "pid1",
      init: "sleep infinity",
      units: { "default.target": "[Unit]\nDescription=Default\n" },
    });
    const prepared = await machine.sh(`
      set -e
      mkdir -p /mnt/elsewhere /tmp/bin /tmp/links
      mount --rbind ${clone} /mnt/elsewhere
      mount -o remount,bind,ro /mnt/elsewhere
      mount -t tmpfs tmpfs ${clone}
      # A slim root file system has no libatomic, which npm's Node is linked with.
      rm -f /lib/*/libatomic.so.1* /usr/lib/*/libatomic.so.1*
      for name in node npm npx pnpm; do for d in $(echo $PATH | tr : ' '); do [ ! -e $d/$name ] || mount --bind /dev/null $d/$name || rm -f $d/$name; done; done
      # … and neither systemctl nor journalctl.
      rm -f /bin/systemctl /usr/bin/systemctl /bin/journalctl /usr/bin/journalctl
      ln -s /mnt/elsewhere/apps/daemon/bin/stewardd /tmp/links/stewardd
      ln -s ../links/stewardd /tmp/bin/again
      ln -s /mnt/elsewhere/apps/ctl/bin/stewardctl /tmp/links/stewardctl`);
    if (prepared.code !== 0) throw new Error(prepared.stderr);
  });
  afterAll(() => machine?.stop());

  const version = (script: string) =>
    machine.sh(script).then(({ code, stdout, stderr }) => ({ code, text: stdout + stderr }));

  test.each([
    ["by its path", "/mnt/elsewhere/apps/daemon/bin/stewardd --version"],
    ["by a symlink", "/tmp/links/stewardd --version"],
    ["by a symlink to a symlink, relative", "cd /tmp/bin && ./again --version"],
    ["from PATH", "cd / && PATH=/tmp/links:$PATH stewardd --version"],
    ["from its own directory", "cd /mnt/elsewhere/apps/daemon/bin && ./stewardd --version"],
    ["stewardctl by its path", "/mnt/elsewhere/apps/ctl/bin/stewardctl --version"],
    ["stewardctl by a symlink", "/tmp/links/stewardctl --version"],
    ["stewardctl from PATH", "cd / && PATH=/tmp/links:$PATH stewardctl --version"],
  ])("%s", async (_, script) => {
    expect(await version(script)).toMatchObject({ code: 0, text: expect.stringMatching(/\d/) });
  });

  test("a daemon runs from there", async () => {
    const client = machine.start(
      "sh",
      "-c",
      "exec unshare --mount --pid --fork --mount-proc --kill-child sh -c 'mount -t tmpfs tmpfs /run; exec /tmp/bin/again --log-console'",
    );
    try {
      const pid = await eventually(
        "the keeper",
        async () => (await machine.sh("pgrep -o -x steward-keeper")).stdout.trim(),
        (text) => text !== "",
      );
      await eventually(
        "running",
        async () => (await machine.sh(`nsenter -t ${pid} -m -p /tmp/links/stewardctl is-system-running`)).stdout.trim(),
        (state) => state === "running" || state === "degraded",
      );
      // As PID 1 of a place that has no clients of its own it gives stewardctl their names.
      const inside = (script: string) => machine.sh(`nsenter -t ${pid} -m -p sh -c '${script}'`);
      expect((await inside("systemctl is-active default.target")).stdout).toBe("active\n");
      expect((await inside("journalctl -o cat -g stewardctl")).stdout).toBe(
        "There was no systemctl here: /usr/bin/systemctl is stewardctl now.\nThere was no journalctl here: /usr/bin/journalctl is stewardctl now.\n",
      );
    } finally {
      client.kill("SIGKILL");
      await machine.sh("pkill -9 -o -x steward-keeper");
    }
  });

  test("without Node they say what is missing", async () => {
    const outcome = await version(
      `mkdir -p /tmp/bare/apps; cp -r /mnt/elsewhere/apps/ctl /tmp/bare/apps/; PATH=/usr/bin:/bin /tmp/bare/apps/ctl/bin/stewardctl is-active x`,
    );
    expect(outcome.code).not.toBe(0);
    expect(outcome.text).toMatch(/Node/);
    expect(outcome.text).toMatch(/2[46]/);
  });
});
