import type { UnitType } from "@steward/unit-file";
import type { Machine } from "../engine.ts";
import { mountMachine } from "../mount/machine.ts";
import { pathMachine } from "../path/machine.ts";
import { serviceMachine } from "../service/machine.ts";
import { socketMachine } from "../socket/machine.ts";
import { timerMachine } from "../timer/machine.ts";
import { automountMachine } from "./automount.ts";
import { deviceMachine } from "./device.ts";
import { scopeMachine } from "./scope.ts";
import { sliceMachine } from "./slice.ts";
import { swapMachine } from "./swap.ts";
import { targetMachine } from "./target.ts";

/** One machine per unit type. */
export const machines: Readonly<Record<UnitType, Machine>> = {
  service: serviceMachine,
  target: targetMachine,
  slice: sliceMachine,
  scope: scopeMachine,
  socket: socketMachine,
  timer: timerMachine,
  path: pathMachine,
  mount: mountMachine,
  automount: automountMachine,
  swap: swapMachine,
  device: deviceMachine,
};
