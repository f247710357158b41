import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, clone, eventually, type Instance, isReference, lacks } from "../src/index.ts";

const cannot = [...lacks("systemd", "systemctl"), ...(canBootLab() ? [] : ["namespaces"])];

/** `pnpm start` on a machine whose PID 1 is the genuine systemd: the services run, and the machine is as it was. */
describe.skipIf(cannot.length > 0 || isReference)(`pnpm start${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({ mode: "pid1", vendor: true, init: "/lib/systemd/systemd --system --log-target=journal" });
    await eventually(
      "systemd",
      async () => (await machine.systemctl("is-system-running")).stdout.trim(),
      (state) => state === "running" || state === "degraded",
      60_000,
    );
    // A home that nobody else may look into, with the clone in it.
    await machine.sh(`mkdir -m 700 -p /home/private/clone; mount --rbind ${clone} /home/private/clone`);
  });
  afterAll(() => machine?.stop());

  /** Everything of the machine that a run could have changed. */
  const picture = async (): Promise<string> =>
    (
      await machine.sh(`
        find /run /tmp /etc /usr/local /var/log /dev /var/lib/systemd -xdev ! -path '/run/log/journal*' ! -path '/run/systemd/*' ! -path '/run/udev*' -printf '%p %y %m %u %l\\n' 2>/dev/null | sort
        grep -c . /proc/self/mountinfo
        systemctl list-units --all --no-legend --plain | awk '{print $1, $2}' | grep -v -e session -e '^run-' -e '^tmp-' -e user | sort
        find /sys/fs/cgroup -type d | grep -v -e session -e user.slice | sort
        pgrep -l . | awk '{print $2}' | grep -v -e pgrep -e '^sh$' -e systemd -e awk -e sort -e grep -e nsenter -e kworker | sort`)
    ).stdout;

  const runAs = (prefix: string, root: string) =>
    machine.sh(`
      cd ${root}
      ${prefix} ${clone}/node_modules/node/bin/node scripts/start.mjs --no-build >/tmp/start.out 2>&1 </dev/null &
      pid=$!
      i=0; until grep -q 'The services run' /tmp/start.out || [ $i -gt 1500 ] || ! kill -0 $pid 2>/dev/null; do i=$((i + 1)); sleep 0.02; done
      port=$(sed -n 's|^  curl http://127.0.0.1:\\([0-9]*\\)/$|\\1|p' /tmp/start.out)
      curl -s -m 20 --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:$port/
      kill -INT $pid
      wait $pid
      echo "status $?"
      cat /tmp/start.out; rm /tmp/start.out`);

  test("as root, from a clone in a home of mode 0700", async () => {
    const before = await picture();
    const { stdout } = await runAs("", "/home/private/clone");
    expect(stdout).toMatch(/^Hello from my-webserver, pid \d+, uid 33, gid 33\nstatus 0\n/);
    expect(stdout).toContain("All stopped; nothing remains.\n");
    expect(await picture()).toBe(before);
  });

  test("as an ordinary user", async () => {
    const before = await picture();
    const { stdout } = await runAs("setpriv --reuid=nobody --regid=nogroup --clear-groups", clone);
    expect(stdout).toMatch(/^Hello from my-webserver, pid \d+, uid 65534, gid 65534\nstatus 0\n/);
    expect(stdout).toContain("All stopped; nothing remains.\n");
    expect(await picture()).toBe(before);
  });

  test("another port, by environment", async () => {
    const { stdout } = await runAs("env PORT=9123", clone);
    expect(stdout).toMatch(/^Hello from my-webserver/);
    expect(stdout).toContain("  curl http://127.0.0.1:9123/\n");
  });
});
