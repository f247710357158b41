import { signalName } from "../log/signal-name.ts";
import type { ControlProcess } from "../model/controlled.ts";
import type { CommandRef, PassedDescriptor, ServiceDirective } from "../model/effect.ts";
import type { MainProcess } from "../model/service.ts";
import { connectionDescriptor, connectionEnvironment, socketDescriptors } from "../socket/descriptors.ts";
import { emit, patchUnit, take, unitOf } from "../turn.ts";
import { neverRan } from "../unit/blank.ts";
import { data, patch, type Service, settings } from "./data.ts";
import { storedDescriptors } from "./fd-store.ts";

type Env = (readonly [string, string])[];
const exitCode = ["", "exited", "killed", "dumped"] as const;

/** $SERVICE_RESULT, $EXIT_CODE, $EXIT_STATUS of systemd.exec(5), for ExecStop= and ExecStopPost=. */
function resultEnv(s: Service): Env {
  const { result, mainExec } = data(s);
  const env: Env = [["SERVICE_RESULT", result]];
  if (mainExec.code !== 0) {
    env.push(["EXIT_CODE", exitCode[mainExec.code]!]);
    env.push(["EXIT_STATUS", mainExec.code === 1 ? String(mainExec.status) : signalName(mainExec.status)]);
  }
  return env;
}

function environment(s: Service, command: CommandRef<ServiceDirective>, role: "main" | "control"): Env {
  const { main } = data(s);
  const env: Env = [];
  if (role === "control" && main !== undefined && main.pid > 0) env.push(["MAINPID", String(main.pid)]);
  const { pidFile } = settings(s);
  if (pidFile !== "") env.push(["PIDFILE", pidFile]);
  if (command.directive === "ExecStop" || command.directive === "ExecStopPost") env.push(...resultEnv(s));
  else if (command.directive !== "ExecReload") env.push(...(unitOf(s.turn, s.unit).trigger?.env ?? []));
  const { connection } = data(s);
  if (connection !== undefined) env.push(...connectionEnvironment(connection));
  return env;
}

/** Sockets go to what is the service itself, and to every command whose stream is one. */
function descriptors(s: Service, { directive }: CommandRef<ServiceDirective>): readonly PassedDescriptor[] {
  if (directive !== "ExecStart" && !settings(s).usesSocketStream) return [];
  const { connection } = data(s);
  const sockets = connection === undefined ? socketDescriptors(s.turn, s.unit) : connectionDescriptor(connection);
  return directive === "ExecStart" ? [...sockets, ...storedDescriptors(s)] : sockets;
}

export const commandKey = (command: CommandRef<ServiceDirective>): string => `${command.directive}:${command.index}`;

function spawn(s: Service, command: CommandRef<ServiceDirective>, role: "main" | "control"): number {
  const token = take(s.turn, "nextToken");
  patchUnit(s.turn, s.unit, { populated: true });
  patch(s, { commands: { ...data(s).commands, [commandKey(command)]: neverRan } });
  const fds = descriptors(s, command);
  emit(s.turn, {
    kind: "spawn",
    unit: s.unit,
    token,
    command,
    role,
    env: environment(s, command, role),
    ...(fds.length > 0 ? { fds } : {}),
  });
  return token;
}

/** Starts a command that the service waits for. */
export function spawnControl(s: Service, directive: ServiceDirective, index = 0): ControlProcess {
  const command: CommandRef<ServiceDirective> = { directive, index };
  return { token: spawn(s, command, "control"), pid: 0, command };
}

/** Starts a command as the service's main process. */
export function spawnMain(s: Service, index = 0): void {
  const token = spawn(s, { directive: "ExecStart", index }, "main");
  const main: MainProcess = { token, pid: 0, alien: false };
  patch(s, { main, mainKnown: true, mainCommand: index, mainExec: neverRan });
}

export function has(s: Service, directive: ServiceDirective): boolean {
  return settings(s).commands[directive].length > 0;
}
