import type { InterfaceDeclaration } from "@steward/ipc";
import {
  automountInterface,
  deviceInterface,
  mountInterface,
  pathInterface,
  scopeInterface,
  serviceInterface,
  sliceInterface,
  socketInterface,
  swapInterface,
  targetInterface,
  timerInterface,
} from "./interfaces/index.ts";

/** The interface that each type of unit has beside org.freedesktop.systemd1.Unit. */
export const typeDeclarations: Readonly<Record<string, InterfaceDeclaration>> = {
  automount: automountInterface,
  device: deviceInterface,
  mount: mountInterface,
  path: pathInterface,
  scope: scopeInterface,
  service: serviceInterface,
  slice: sliceInterface,
  socket: socketInterface,
  swap: swapInterface,
  target: targetInterface,
  timer: timerInterface,
};
