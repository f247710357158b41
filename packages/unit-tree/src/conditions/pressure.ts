import { readText } from "./facts.ts";

type Resource = "memory" | "cpu" | "io";

const parts: Readonly<Record<string, number>> = { "%": 100, "‰": 10, "‱": 1 };
/** The kernel averages over these times alone, and systemd takes these words alone. */
const averages: Readonly<Record<string, string>> = { "10sec": "avg10", "1min": "avg60", "5min": "avg300" };

/**
 * ConditionMemoryPressure= and its kin (systemd.unit(5)): whether tasks waited for the resource no more than so much of the time, as the
 * kernel's pressure stall information says; where it says nothing, yes. Throws where the text is none.
 */
export function pressureIsBelow(
  resource: Resource,
  parameter: string,
  read: (path: string) => string = readText,
): boolean {
  const match = /^(?:([^:]+\.slice):)?([0-9]+(?:\.[0-9]{1,2})?)([%‰‱])(?:\/(.+))?$/.exec(parameter.trim());
  if (match === null) throw new Error("expected [SLICE:]PERCENT[/TIME]");
  const [, slice, number = "", sign = "", span] = match;
  const perMyriad = Number(number) * (parts[sign] ?? 0);
  const average = averages[span ?? "5min"];
  if (average === undefined || perMyriad > 10_000) throw new Error("expected 10sec, 1min or 5min, and at most 100%");
  const text = read(slice === undefined ? `/proc/pressure/${resource}` : `${cgroupOf(slice)}/${resource}.pressure`);
  // Of the CPU not all tasks can wait at once: systemd looks at those of which some do.
  const line = new RegExp(`^${resource === "cpu" ? "some" : "full"} .*\\b${average}=([0-9.]+)`, "m").exec(text);
  return line === null || Number(line[1]) * 100 <= perMyriad;
}

/** `a-b.slice` lies in `a.slice` (systemd.slice(5)). */
function cgroupOf(slice: string): string {
  const words = slice.slice(0, -".slice".length).split("-");
  const path = words.map((_word, at) => `${words.slice(0, at + 1).join("-")}.slice`).join("/");
  return slice === "-.slice" ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${path}`;
}
