import type { CoreState } from "../model/state.ts";
import type { TimeFacts } from "../model/time-facts.ts";
import { siphash } from "./siphash.ts";

/** The key under which systemd hashes what a fixed delay is made of: a stable number, shared with it. */
const fixedDelayKey = bytesOf("510adb76295142c28035eae68e3a37bd");

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** UTF-8; unit names are ASCII. */
function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** FixedRandomDelay= (systemd.timer(5)): the same on each boot of a machine, another one for each timer, machine and user. */
export function fixedRandom(unit: string, scope: "system" | "user", facts: TimeFacts): bigint {
  const { machineId, uid } = facts;
  const id = ascii(unit);
  const bytes = new Uint8Array(21 + id.length);
  bytes.set(bytesOf(machineId), 0);
  bytes[16] = scope === "system" ? 1 : 0;
  for (let i = 0; i < 4; i++) bytes[17 + i] = (uid >>> (8 * i)) & 0xff;
  bytes.set(id, 21);
  return siphash(fixedDelayKey, bytes);
}

/** A number that nobody foresees, made from the state's seed, so that a replay gives the same. */
export function chance(state: CoreState, unit: string, nonce: string): bigint {
  return siphash(fixedDelayKey, ascii(`${state.seed}/${unit}/${nonce}`));
}
