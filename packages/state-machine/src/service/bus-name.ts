import { data, patch, type Service } from "./data.ts";
import { dispatch } from "./dispatch.ts";

/** BusName= got an owner, or lost it. Without a bus neither happens, and Type=dbus waits until TimeoutStartSec= is over, as under systemd. */
export function onBusName(s: Service, owned: boolean): void {
  if (data(s).busName === owned) return;
  patch(s, { busName: owned });
  dispatch(s, { kind: owned ? "busNameOwned" : "busNameLost" });
}
