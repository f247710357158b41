/** SystemCallFilter= against one set of system calls. */
import { isSyscallOf, type SyscallFilter, syscallsOf } from "@steward/unit-file";
import type { Assessment } from "./assessments.ts";

/** How far the filter leaves a set of calls open, with the first call that it does leave. */
export function assessSyscallSet(filter: SyscallFilter | undefined, set: string): Assessment {
  if (filter === undefined || filter.calls.size === 0)
    return { badness: 10, text: "Service does not filter system calls" };
  const open = syscallsOf(set)?.find(
    (call) => isSyscallOf("x86-64", call) && filter.calls.has(call) === filter.allowList,
  );
  const example = open === undefined ? "" : ` (e.g. ${open} is allowed)`;
  if (filter.allowList) {
    const inside = open === undefined ? "is not included" : "is included";
    return {
      badness: open === undefined ? 0 : 9,
      text: `System call allow list defined for service, and ${set} ${inside}${example}`,
    };
  }
  const inside = open === undefined ? "is included" : "is not included";
  return {
    badness: open === undefined ? 0 : 10,
    text: `System call deny list defined for service, and ${set} ${inside}${example}`,
  };
}
