import type { SocketDirective } from "../model/effect.ts";
import type { SocketData } from "../model/socket.ts";
import type { CoreState } from "../model/state.ts";
import { commandProperties } from "./commands.ts";
import type { Property } from "./value.ts";

const directives: readonly SocketDirective[] = ["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"];

/** org.freedesktop.systemd1.Socket, as far as it follows from the run-time state. */
export function socketProperties(state: CoreState, id: string, socket: SocketData): readonly Property[] {
  return [
    { name: "Result", signature: "s", value: socket.result },
    { name: "ControlPID", signature: "u", value: socket.control?.pid ?? 0 },
    { name: "NConnections", signature: "u", value: socket.nConnections },
    { name: "NAccepted", signature: "u", value: socket.nAccepted },
    { name: "NRefused", signature: "u", value: socket.nRefused },
    // Commands of a socket are shown in the older form alone.
    ...commandProperties(state, { id, section: "Socket", directives, ran: socket.commands }).filter(
      ({ name }) => !name.endsWith("Ex"),
    ),
  ];
}
