/** Verbs that end the manager or the machine, and those that isolate a fixed target. */
import { DBusError } from "@steward/ipc";
import { errorText, isCut } from "../bus/manager.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { startUnit } from "./jobs.ts";

interface Ending {
  readonly target: string;
  readonly mode: string;
  /** The Manager's method for --force. */
  readonly method?: string;
}

const endings: { readonly [verb: string]: Ending } = {
  default: { target: "default.target", mode: "isolate" },
  rescue: { target: "rescue.target", mode: "isolate" },
  emergency: { target: "emergency.target", mode: "isolate" },
  halt: { target: "halt.target", mode: "replace-irreversibly", method: "Halt" },
  poweroff: { target: "poweroff.target", mode: "replace-irreversibly", method: "PowerOff" },
  reboot: { target: "reboot.target", mode: "replace-irreversibly", method: "Reboot" },
  kexec: { target: "kexec.target", mode: "replace-irreversibly", method: "KExec" },
  exit: { target: "exit.target", mode: "replace-irreversibly", method: "Exit" },
};

export async function endingVerb(context: Context, [argument]: readonly string[]): Promise<number> {
  const { manager, verb, options } = context;
  const { target, mode, method } = endings[verb]!;
  if (verb === "exit" && argument !== undefined) await setExitCode(context, argument);
  const forced = options.force === true && method !== undefined;
  try {
    if (forced) await manager.call(method);
    else return await startUnit({ ...context, options: { ...options, "no-block": noWait(context) } }, target, mode);
  } catch (error) {
    // Whoever ends the manager may lose the connection before the answer.
    if (isCut(error)) return 0;
    if (!(error instanceof DBusError)) throw error;
    throw new Failure(`Failed to ${verb}: ${errorText(error)}`);
  }
  return 0;
}

/** Nobody can wait for the end of what ends the manager. */
function noWait({ verb, options }: Context): true | undefined {
  return endings[verb]?.method !== undefined || options["no-block"] === true ? true : undefined;
}

async function setExitCode({ manager }: Context, text: string): Promise<void> {
  const code = /^\d+$/.test(text) ? Number(text) : 256;
  if (code > 255) throw new Failure(`Invalid exit code.`);
  try {
    await manager.call("SetExitCode", "y", [code]);
  } catch (error) {
    throw new Failure(`Failed to set exit code: ${errorText(error)}`);
  }
}
