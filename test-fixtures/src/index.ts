/** The harness of the end-to-end tests: real daemons in namespaces of their own, driven by real clients. */

export { eventually } from "./eventually.ts";
export { type BootOptions, boot, type Instance, isReference, type Outcome } from "./harness.ts";
export { canBootLab, clone, lacks, programs, stewardctl, stewardd } from "./machine.ts";
