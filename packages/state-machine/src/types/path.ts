import { unsupportedMachine } from "./unsupported.ts";

/** systemd.path(5). Replaced as a whole when they come. */
export const pathMachine = unsupportedMachine("path");
