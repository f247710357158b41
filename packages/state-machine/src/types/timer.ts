import { unsupportedMachine } from "./unsupported.ts";

/** systemd.timer(5). Replaced as a whole when they come. */
export const timerMachine = unsupportedMachine("timer");
