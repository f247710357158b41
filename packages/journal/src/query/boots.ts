import type { Journal } from "../read/journal.ts";
import { everything, matchValue } from "../read/match.ts";

/** One boot of a machine, with the times of its first and last entry. */
export interface Boot {
  readonly bootId: string;
  readonly firstRealtimeUsec: number;
  readonly lastRealtimeUsec: number;
}

/** All boots that the journal has entries of, the oldest first. Moves the journal's place and match. */
export function listBoots(journal: Journal): Boot[] {
  const boots = journal.values("_BOOT_ID").flatMap((value): Boot[] => {
    const bootId = value.toString("latin1");
    journal.setMatch(matchValue("_BOOT_ID", bootId));
    journal.seekHead();
    const first = journal.next();
    journal.seekTail();
    const last = journal.previous();
    if (first === undefined || last === undefined) return [];
    return [{ bootId, firstRealtimeUsec: first.place.realtimeUsec, lastRealtimeUsec: last.place.realtimeUsec }];
  });
  journal.setMatch(everything);
  journal.seekHead();
  return boots.sort((a, b) => a.firstRealtimeUsec - b.firstRealtimeUsec);
}

/**
 * Finds the boot that `-b` names: an id, an offset (0 the latest, -1 the one before, 1 the oldest), or both, as
 * `ID-1`. `current` is what an empty text or "0" means where the journal has it. Undefined when there is no such boot.
 */
export function findBoot(journal: Journal, text: string, current: string | undefined): string | undefined {
  const match = /^([0-9a-fA-F]{32})?([+-]?\d+)?$/.exec(text);
  if (match === null) return undefined;
  const offset = Number(match[2] ?? "0");
  const id = match[1]?.toLowerCase();
  if (id !== undefined && offset === 0) return id;
  if (id === undefined && offset === 0 && current !== undefined) return current;
  const boots = listBoots(journal);
  if (id === undefined) return (offset <= 0 ? boots.at(offset - 1) : boots[offset - 1])?.bootId;
  const index = boots.findIndex((boot) => boot.bootId === id);
  return index < 0 ? undefined : boots[index + offset]?.bootId;
}
