import { unsupportedMachine } from "./unsupported.ts";

/** systemd.automount(5): the kernel's autofs is not spoken; in a container, which has no /dev/autofs, systemd refuses them as well. */
export const automountMachine = unsupportedMachine(
  "Automount points are not watched here: start the mount unit itself, or let what needs it require it.",
);
