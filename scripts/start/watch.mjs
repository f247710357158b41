// Follows the states of some units over D-Bus, as any client of systemd's can.
import { join } from "node:path";
import { clone } from "./clone.mjs";

const manager = { path: "/org/freedesktop/systemd1", interface: "org.freedesktop.systemd1.Manager" };

/** Connects as soon as the daemon listens; undefined when `ended` says that it will not. */
export async function connectWhenReady(socket, ended) {
  const { connectBus } = await import(join(clone, "packages/ipc/dist/index.js"));
  while (!ended()) {
    const path = socket();
    if (path !== undefined) {
      const bus = connectBus({ path, destination: "org.freedesktop.systemd1" });
      try {
        await bus.ready;
        await bus.call({ ...manager, member: "Subscribe" });
        return bus;
      } catch {
        bus.close();
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return undefined;
}

/** The states of units: [{ name, active, sub, job }] in the order asked. */
export async function unitStates(bus, names) {
  const [rows] = await bus.call({ ...manager, member: "ListUnitsByNames", signature: "as", body: [names] });
  const byName = new Map(rows.map((row) => [row[0], row]));
  return names.map((name) => {
    const row = byName.get(name);
    return { name, load: row?.[2] ?? "", active: row?.[3] ?? "inactive", sub: row?.[4] ?? "dead", job: row?.[8] ?? "" };
  });
}

/** Calls `heard` with the states now and after every change, until the connection ends; the result stops it. */
export function watchUnits(bus, names, heard) {
  let asking = false;
  let again = false;
  const ask = async () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    do {
      again = false;
      try {
        heard(await unitStates(bus, names));
      } catch {
        break; // the manager went away: the stop is near its end, or the caller reconnects
      }
    } while (again);
    asking = false;
  };
  const stop = bus.onSignal(ask);
  const timer = setInterval(ask, 500);
  ask();
  return () => {
    stop();
    clearInterval(timer);
  };
}
