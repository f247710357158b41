import { chmodSync, unlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";

/** A method's work: what it throws is the client's error. */
export type VarlinkMethods = Readonly<Record<string, () => Promise<void> | void>>;

/** A request is a line of JSON; nobody sends a longer one. */
const LONGEST_REQUEST = 64 * 1024;

/**
 * Serves the few methods without parameters that journalctl calls for --sync, --flush and --rotate: JSON messages that end with a
 * NUL (varlink.org). Only root may connect, by the socket's mode. Answers undefined when the socket cannot be made.
 */
export function serveVarlink(path: string, methods: VarlinkMethods, complain: (text: string) => void): Server {
  try {
    unlinkSync(path);
  } catch {}
  const server = createServer((connection) => {
    let text = "";
    connection.setEncoding("utf8");
    connection.on("error", () => connection.destroy());
    connection.on("data", (chunk) => {
      text += String(chunk);
      if (text.length > LONGEST_REQUEST) connection.destroy();
      for (let end = text.indexOf("\0"); end >= 0; end = text.indexOf("\0")) {
        const request = text.slice(0, end);
        text = text.slice(end + 1);
        void answer(request, methods).then((reply) => connection.write(`${JSON.stringify(reply)}\0`));
      }
    });
  });
  server.on("error", (error) => complain(`${path}: ${error.message}`));
  server.listen(path, () => chmodSync(path, 0o600));
  return server;
}

async function answer(request: string, methods: VarlinkMethods): Promise<object> {
  let method: unknown;
  try {
    method = (JSON.parse(request) as { method?: unknown } | null)?.method;
  } catch {}
  if (typeof method !== "string") return failure("InvalidParameter", { parameter: "method" });
  const perform = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (perform === undefined) return failure("MethodNotFound", { method });
  try {
    await perform();
    return { parameters: {} };
  } catch (error) {
    return {
      error: "io.systemd.System",
      parameters: { message: error instanceof Error ? error.message : String(error) },
    };
  }
}

function failure(name: string, parameters: object): object {
  return { error: `org.varlink.service.${name}`, parameters };
}
