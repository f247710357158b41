import { simpleMachine } from "./simple.ts";

/** systemd.slice(5): a place in the cgroup tree, which the shell makes when the first process goes into it. */
export const sliceMachine = simpleMachine("active");
