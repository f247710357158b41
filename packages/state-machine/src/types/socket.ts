import { unsupportedMachine } from "./unsupported.ts";

/** systemd.socket(5): listening sockets. Replaced as a whole when they come. */
export const socketMachine = unsupportedMachine("socket");
