import { unsupportedMachine } from "./unsupported.ts";

/** systemd.automount(5). Replaced as a whole when they come. */
export const automountMachine = unsupportedMachine("automount");
