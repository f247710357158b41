import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boot, canBootLab, type Instance, lacks } from "../src/index.ts";

const cannot = [...lacks("systemctl"), ...(canBootLab() ? [] : ["namespaces"])];

/** What debhelper puts into a package's scripts (dh_installsystemd), for a daemon named tinyd. */
const postinst = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  deb-systemd-helper unmask tinyd.service >/dev/null || true
  if deb-systemd-helper --quiet was-enabled tinyd.service; then
    deb-systemd-helper enable tinyd.service >/dev/null || true
  else
    deb-systemd-helper update-state tinyd.service >/dev/null || true
  fi
  if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    if [ -n "$2" ]; then action=restart; else action=start; fi
    deb-systemd-invoke $action tinyd.service >/dev/null || true
  fi
fi
`;
const prerm = `#!/bin/sh
set -e
if [ -d /run/systemd/system ] && [ "$1" = remove ]; then deb-systemd-invoke stop tinyd.service >/dev/null || true; fi
`;
const postrm = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
`;

/** A Debian package with a daemon, installed by dpkg inside: its own scripts enable and start the service. */
describe.skipIf(cannot.length > 0)(`a Debian package${cannot.length > 0 ? ` (lacks ${cannot})` : ""}`, () => {
  let machine: Instance;
  beforeAll(async () => {
    machine = await boot({
      mode: "pid1",
      units: {
        "/mnt/tinyd/DEBIAN/control":
          "Package: tinyd\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: a tiny daemon\n",
        "/mnt/tinyd/DEBIAN/postinst": postinst,
        "/mnt/tinyd/DEBIAN/prerm": prerm,
        "/mnt/tinyd/DEBIAN/postrm": postrm,
        "/mnt/tinyd/lib/systemd/system/tinyd.service":
          "[Unit]\nDescription=Tiny Daemon\n[Service]\nExecStart=/usr/sbin/tinyd\n[Install]\nWantedBy=multi-user.target\n",
        "/mnt/tinyd/usr/sbin/tinyd": "#!/bin/sh\nexec sleep infinity\n",
        // a container's image often forbids starts during its build; this machine is up
        "/usr/sbin/policy-rc.d": "#!/bin/sh\nexit 0\n",
      },
    });
  });
  afterAll(() => machine?.stop());

  test("install enables and starts, upgrade restarts, remove stops", async () => {
    const built = await machine.sh("dpkg-deb --root-owner-group -b /mnt/tinyd /mnt/tinyd.deb");
    expect(built.code, built.stderr).toBe(0);
    const installed = await machine.sh("DEBIAN_FRONTEND=noninteractive dpkg -i /mnt/tinyd.deb");
    expect(installed.code, installed.stderr).toBe(0);
    expect((await machine.systemctl("is-active", "tinyd")).stdout).toBe("active\n");
    expect((await machine.systemctl("is-enabled", "tinyd")).stdout).toBe("enabled\n");
    const pid = await machine.property("tinyd.service", "MainPID");
    const upgraded = await machine.sh("DEBIAN_FRONTEND=noninteractive dpkg -i /mnt/tinyd.deb");
    expect(upgraded.code, upgraded.stderr).toBe(0);
    expect(await machine.property("tinyd.service", "MainPID")).not.toBe(pid);
    expect((await machine.sh("dpkg -r tinyd")).code).toBe(0);
    expect((await machine.systemctl("is-active", "tinyd")).stdout).toBe("inactive\n");
    expect((await machine.sh("pgrep -x tinyd")).code).toBe(1);
  });
});
