import { DBusError, type MethodHandler } from "@steward/ipc";
import type { Manager } from "../manager.ts";
import { notSupported } from "./errors.ts";

const assignment = /^[A-Za-z_][A-Za-z0-9_]*=[^\0]*$/;

function checked(values: unknown, pattern: RegExp): readonly string[] {
  const list = values as string[];
  for (const value of list)
    if (!pattern.test(value))
      throw new DBusError(
        "org.freedesktop.DBus.Error.InvalidArgs",
        "Invalid environment assignments or variable names",
      );
  return list;
}

function unknownMethod(member: string): DBusError {
  return new DBusError(
    "org.freedesktop.DBus.Error.UnknownMethod",
    `${member} hands out a descriptor, which steward does not: ask for the text.`,
  );
}

/** Starts a target in the way of a shut-down. */
function shutDownBy(target: string): MethodHandler<Manager> {
  return (manager) => {
    manager.shutDown(target);
  };
}

/** The methods of the Manager object about the manager itself. */
export const controlMethods: Readonly<Record<string, MethodHandler<Manager>>> = {
  Reload: (manager) => manager.reload(),
  // The client expects its connection to end, and no answer: whoever calls next is heard by the next manager.
  Reexecute: (manager) => {
    manager.reexecute();
    return new Promise<never>(() => undefined);
  },
  Exit: shutDownBy("exit.target"),
  Reboot: shutDownBy("reboot.target"),
  PowerOff: shutDownBy("poweroff.target"),
  Halt: shutDownBy("halt.target"),
  KExec: shutDownBy("kexec.target"),
  SwitchRoot: () => notSupported("SwitchRoot"),
  SetExitCode: (manager, [code]) => {
    manager.setExitCode(code as number);
  },
  SetEnvironment: (manager, [values]) => manager.setEnvironment(checked(values, assignment), []),
  UnsetEnvironment: (manager, [values]) => manager.setEnvironment([], checked(values, /^[A-Za-z_]/)),
  UnsetAndSetEnvironment: (manager, [unset, set]) =>
    manager.setEnvironment(checked(set, assignment), checked(unset, /^[A-Za-z_]/)),
  // A client of our own socket hears every signal; one on the bus has to ask for it.
  Subscribe: (manager, _args, { message }) => {
    if (message.sender !== undefined) manager.busClients.subscribe(message.sender);
  },
  Unsubscribe: (manager, _args, { message }) => {
    if (message.sender !== undefined && !manager.busClients.unsubscribe(message.sender))
      throw new DBusError("org.freedesktop.systemd1.NotSubscribed", "Client is not subscribed.");
  },
  SetShowStatus: () => undefined,
  Dump: (manager) => manager.dump([]),
  DumpUnitsMatchingPatterns: (manager, [patterns]) => manager.dump(patterns as string[]),
  // An error that makes clients ask for the text itself.
  DumpByFileDescriptor: () => unknownMethod("DumpByFileDescriptor"),
  DumpUnitsMatchingPatternsByFileDescriptor: () => unknownMethod("DumpUnitsMatchingPatternsByFileDescriptor"),
  EnqueueMarkedJobs: () => notSupported("EnqueueMarkedJobs"),
  LookupDynamicUserByName: (_manager, [name]) =>
    new DBusError("org.freedesktop.systemd1.NoSuchDynamicUser", `Dynamic user ${String(name)} does not exist.`),
  LookupDynamicUserByUID: (_manager, [uid]) =>
    new DBusError("org.freedesktop.systemd1.NoSuchDynamicUser", `Dynamic user ID ${String(uid)} does not exist.`),
  GetDynamicUsers: () => [],
};
