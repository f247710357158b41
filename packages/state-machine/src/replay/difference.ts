/** The first place where two values differ. */
export interface ValueDifference {
  /** As `machine.state.kind`; empty for the whole. */
  readonly path: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Compares what a record says with what came of it now. What is undefined is not written down, and so is the same as absent. */
export function firstDifference(recorded: unknown, replayed: unknown, path = ""): ValueDifference | undefined {
  if (Object.is(recorded, replayed)) return undefined;
  if (!isObject(recorded) || !isObject(replayed) || Array.isArray(recorded) !== Array.isArray(replayed))
    return { path, recorded, replayed };
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(replayed)])) {
    const difference = firstDifference(recorded[key], replayed[key], path === "" ? key : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
