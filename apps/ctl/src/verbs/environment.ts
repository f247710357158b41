/** The environment that the manager gives to services. */
import { DBusError } from "@steward/ipc";
import { errorText } from "../bus/manager.ts";
import { type Context, program } from "../context.ts";
import { Failure } from "../failure.ts";
import { quotePosix } from "../print/quote.ts";

export async function showEnvironment({ manager, out, options }: Context): Promise<number> {
  const variables = (await manager.getManager("Environment")) as string[];
  if (options.output === "json") {
    out.line(JSON.stringify(Object.fromEntries(variables.map((text) => split(text)))));
    return 0;
  }
  for (const text of variables) {
    const [name, value] = split(text);
    out.line(`${name}=${quotePosix(value)}`);
  }
  return 0;
}

function split(text: string): [string, string] {
  const equals = text.indexOf("=");
  return [text.slice(0, equals), text.slice(equals + 1)];
}

export async function setEnvironment({ manager }: Context, args: readonly string[]): Promise<number> {
  return change("set environment", manager.call("SetEnvironment", "as", [args]));
}

export async function unsetEnvironment({ manager }: Context, args: readonly string[]): Promise<number> {
  return change("unset environment", manager.call("UnsetEnvironment", "as", [args]));
}

export async function importEnvironment({ manager, out }: Context, args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    out.error(
      `Calling import-environment without a list of variable names is deprecated.\nName them: ${program} import-environment PATH LANG`,
    );
  }
  const names = args.length > 0 ? args : Object.keys(process.env);
  const variables = names
    .filter((name) => process.env[name] !== undefined)
    .map((name) => `${name}=${process.env[name]}`);
  return change("import environment", manager.call("SetEnvironment", "as", [variables]));
}

async function change(what: string, done: Promise<unknown>): Promise<number> {
  try {
    await done;
    return 0;
  } catch (error) {
    if (!(error instanceof DBusError)) throw error;
    throw new Failure(`Failed to ${what}: ${errorText(error)}`);
  }
}
