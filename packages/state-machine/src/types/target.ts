import { simpleMachine } from "./simple.ts";

/** systemd.target(5): a name for a point in the order, and for what it pulls in. */
export const targetMachine = simpleMachine("active");
