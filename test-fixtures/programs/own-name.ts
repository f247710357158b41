/** Owns a name on the system bus, and lives until it is ended: own-name.ts NAME. */
import { busPath, joinBus } from "../../packages/ipc/src/index.ts";

const bus = await joinBus({ path: busPath("system", process.env) as string });
const reply = await bus.requestName(process.argv[2] as string);
if (reply !== "owner") process.exit(1);
await bus.connection.closed;
