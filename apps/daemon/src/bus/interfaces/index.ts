// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
export { automountInterface } from "./automount.ts";
export { deviceInterface } from "./device.ts";
export { jobInterface } from "./job.ts";
export { logControl1Interface } from "./log-control1.ts";
export { managerInterface } from "./manager.ts";
export { mountInterface } from "./mount.ts";
export { pathInterface } from "./path.ts";
export { scopeInterface } from "./scope.ts";
export { serviceInterface } from "./service.ts";
export { sliceInterface } from "./slice.ts";
export { socketInterface } from "./socket.ts";
export { swapInterface } from "./swap.ts";
export { targetInterface } from "./target.ts";
export { timerInterface } from "./timer.ts";
export { unitInterface } from "./unit.ts";
