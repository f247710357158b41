import { unsupportedMachine } from "./unsupported.ts";

/** systemd.swap(5): nothing that a container could switch on. */
export const swapMachine = unsupportedMachine("swap");
