import { unsupportedMachine } from "./unsupported.ts";

/** systemd.swap(5): in a container neither steward nor systemd switches swap space on. */
export const swapMachine = unsupportedMachine(
  "Swap space belongs to the kernel that all containers of a machine share: it is switched on by the machine, not from here.",
);
