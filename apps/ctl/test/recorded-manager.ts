/** A manager made of recorded replies: the real connection code on a real socket, answering what systemd answered. */
import { createServer, type Server } from "node:net";
import { DBusError, type IncomingCall, ServerConnection, unmarshal } from "@steward/ipc";

export interface RecordedReply {
  readonly signature?: string;
  /** The body's bytes, base64. */
  readonly body?: string;
  readonly error?: readonly [name: string, message: string];
}

export interface RecordedCommand {
  readonly args: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface Recording {
  readonly systemd: string;
  readonly commands: readonly RecordedCommand[];
  readonly replies: { readonly [call: string]: RecordedReply };
}

/** What a call is known by: all that is in it. */
export function callKey({ message }: IncomingCall): string {
  const { path, interface: name, member, signature } = message;
  return [path, name, member, signature, message.bodyBytes.toString("base64")].join(" ");
}

/** Serves one handler on a socket, with a connection's state machine for each client. */
export function serve(path: string, onCall: (call: IncomingCall) => void): Promise<Server> {
  const server = createServer((socket) => {
    const connection = new ServerConnection({
      peer: { uid: process.getuid!(), gid: process.getgid!(), pid: 0 },
      guid: "0".repeat(32),
      onCall,
      send: (bytes) => socket.write(bytes),
      close: () => socket.destroySoon(),
    });
    socket.on("data", (bytes) => connection.feed(bytes));
    socket.on("close", () => connection.end());
    socket.on("error", () => connection.end());
  });
  return new Promise((resolve) => server.listen(path, () => resolve(server)));
}

/** Answers from a recording; what it does not hold is an error that a test sees. */
export function replay(recording: Recording): (call: IncomingCall) => void {
  return (call) => {
    const reply = recording.replies[callKey(call)];
    if (reply === undefined) call.fail(new DBusError("steward.Test.NotRecorded", `not recorded: ${callKey(call)}`));
    else if (reply.error !== undefined) call.fail(new DBusError(...reply.error));
    else {
      const { signature = "", body = "" } = reply;
      call.reply(signature, unmarshal(signature, Buffer.from(body, "base64")));
    }
  };
}
