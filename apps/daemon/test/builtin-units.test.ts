import { expect, test } from "vitest";
import { builtinReasons } from "../src/builtin-units.ts";

const pulled: Readonly<Record<string, readonly string[]>> = {
  "sysinit.target": ["systemd-tmpfiles-setup.service", "local-fs.target", "keyboard-setup.service"],
  "local-fs.target": ["tmp.mount"],
  "basic.target": ["sysinit.target", "-.slice"],
};
const dependencies = (target: string): readonly string[] => pulled[target] ?? [];

test("on a machine that another init has booted, early boot is not done again", () => {
  const reasons = builtinReasons({ bootedElsewhere: true, dependencies });
  for (const name of ["systemd-tmpfiles-setup.service", "keyboard-setup.service", "tmp.mount"])
    expect(reasons[name]).toMatch(/booted by its own init/);
  for (const name of ["local-fs.target", "sysinit.target", "-.slice"]) expect(reasons[name]).toBeUndefined();
});

test("as PID 1 early boot is run as its files say, but for the table", () => {
  const reasons = builtinReasons({ bootedElsewhere: false, dependencies });
  expect(reasons["systemd-tmpfiles-setup.service"]).toBeUndefined();
  expect(reasons["systemd-journald.service"]).toBeDefined();
});
