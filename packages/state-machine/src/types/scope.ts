import type { Machine } from "../engine.ts";
import { simpleMachine } from "./simple.ts";

/** systemd.scope(5): processes that others started. Only by StartTransientUnit, which comes later; init.scope is there always. */
export const scopeMachine: Machine = { ...simpleMachine("running"), start: () => "once" };
