import type { Machine } from "../engine.ts";

/** systemd.device(5): without udev no device ever appears, as systemd says of itself in a container. */
export const deviceMachine: Machine = { start: () => "unsupported", stop: () => "already" };
