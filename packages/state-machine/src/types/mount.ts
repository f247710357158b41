import { unsupportedMachine } from "./unsupported.ts";

/** systemd.mount(5): mount points are shown as the shell finds them; mounting comes later. */
export const mountMachine = unsupportedMachine("mount");
