import type { Kind } from "../values/kind.ts";
import { parseBoolean } from "../values/numbers.ts";

/** OnFailureIsolate=, an older way to say OnFailureJobMode=isolate. */
const isolate: Kind<string> = {
  name: "boolean",
  signature: "b",
  repeats: "replaces",
  initial: "replace",
  assign(previous, a) {
    const value = parseBoolean(a.value);
    if (value === undefined) {
      a.warn(`Failed to parse boolean, ignoring: ${a.value}`);
      return previous;
    }
    return value ? "isolate" : "replace";
  },
  toBus: (v) => v,
};

export const unitFalseMeansReplace = isolate;
