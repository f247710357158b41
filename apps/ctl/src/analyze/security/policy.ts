/** --security-policy=: a JSON file with weights, ranges and words of one's own (systemd-analyze(1), "--security-policy="). */
import { readFileSync } from "node:fs";
import { Failure } from "../../failure.ts";
import type { Row } from "./assessments.ts";

/** By the identifier of a row: what it changes. */
export interface Policy {
  readonly [field: string]: Partial<Pick<Row, "weight" | "range" | "good" | "bad" | "notApplicable">>;
}

type Json = { readonly [key: string]: unknown };

/** Reads a policy; what is wrong in it is ignored with a word to `warn`, a file that is no JSON is refused. */
export function readPolicy(path: string, warn: (text: string) => void): Policy {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Failure(`Failed to parse '${path}': ${(error as Error).message}`);
  }
  if (!isObject(read)) {
    warn("Specified policy is not a JSON object, ignoring.");
    return {};
  }
  return Object.fromEntries(
    Object.entries(read).flatMap(([field, value]) => {
      if (isObject(value)) return [[field, changesOf(field, value, warn)]];
      warn(`Item for '${field}' in policy JSON object is not an object, ignoring.`);
      return [];
    }),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function changesOf(field: string, item: Json, warn: (text: string) => void): Policy[string] {
  const number = (key: string, least: number): number | undefined => {
    const value = item[key];
    if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return value as number;
    warn(`JSON field '${key}' of policy for ${field} is not an unsigned integer, ignoring.`);
    return undefined;
  };
  const text = (key: string): string | undefined => {
    const value = item[key];
    if (value === undefined || typeof value === "string") return value;
    warn(`JSON field '${key}' of policy for ${field} is not a string, ignoring.`);
    return undefined;
  };
  const changes = {
    weight: number("weight", 0),
    range: number("range", 1),
    good: text("description_good"),
    bad: text("description_bad"),
    notApplicable: text("description_na"),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
