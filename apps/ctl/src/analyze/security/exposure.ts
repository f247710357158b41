/** The exposure of a unit: each row's part in it, and the whole, from 0 (safe) to 100 (shown as 10.0). */

import { hasEmoji } from "../../print/terminal.ts";
import { type Row, rows } from "./assessments.ts";
import type { SecurityFacts } from "./facts.ts";
import type { Policy } from "./policy.ts";

export interface Detail {
  /** Whether the unit does well there; undefined where the question does not arise. */
  readonly set: boolean | undefined;
  readonly name: string;
  readonly field: string;
  readonly description: string | undefined;
  /** Tenths of a point that it adds to the whole; undefined where it adds nothing. */
  readonly exposure: number | undefined;
}

export interface Exposure {
  readonly details: readonly Detail[];
  readonly overall: number;
}

/** Exposures are rounded up, as systemd does: a little is not nothing. */
const divideUp = (dividend: number, divisor: number): number => Math.ceil(dividend / divisor);

interface Judged {
  readonly row: Row;
  readonly badness: number | undefined;
  readonly text: string | undefined;
}

/** Looks at every row, with a policy's weights and words where there is one. */
export function exposureOf(facts: SecurityFacts, policy: Policy = {}): Exposure {
  const judged = rows.map((row) => judge(facts, { ...row, ...policy[row.field] }));
  const counted = judged.filter(({ badness }) => badness !== undefined);
  const weights = counted.reduce((sum, { row }) => sum + row.weight, 0);
  const total = counted.reduce((sum, { row, badness = 0 }) => sum + divideUp(badness * row.weight, row.range), 0);
  const details = judged.map(
    ({ row, badness, text }): Detail => ({
      set: badness === undefined ? undefined : badness === 0,
      name: row.name,
      field: row.field,
      description: text,
      exposure: badness ? divideUp(divideUp(badness * row.weight * 100, row.range), weights) : undefined,
    }),
  );
  return { details: sortDetails(details), overall: weights === 0 ? 0 : divideUp(total * 100, weights) };
}

function judge(facts: SecurityFacts, row: Row): Judged {
  if (row.weight === 0) return { row, badness: undefined, text: "Option excluded by policy, skipping" };
  if (row.notEarly && facts.isEarly)
    return { row, badness: undefined, text: "Service runs in special boot phase, option is not appropriate" };
  const { badness, text } = row.assess(facts);
  if (badness === undefined) return { row, badness, text: text ?? row.notApplicable };
  const own = text === undefined ? (badness === 0 ? row.good : row.bad) : text;
  // A policy may narrow a range: no row is worse than its range.
  return { row, badness: Math.min(badness, row.range), text: own === "" ? undefined : own };
}

/** As systemd-analyze prints them: by description, the last first, then by name. A row that nothing is said of stands last but for UMask=. */
function sortDetails(details: readonly Detail[]): Detail[] {
  const bytes = (text = "G"): Buffer => Buffer.from(text);
  return [...details].sort(
    (a, b) =>
      Buffer.compare(bytes(b.description), bytes(a.description)) || Buffer.compare(bytes(a.name), bytes(b.name)),
  );
}

const levels: readonly (readonly [from: number, predicate: string, smiley: string, plain: string])[] = [
  [100, "DANGEROUS", "🤢", ":-["],
  [90, "UNSAFE", "😨", ":-{"],
  [75, "EXPOSED", "🙁", ":-("],
  [50, "MEDIUM", "😐", ":-|"],
  [10, "OK", "🙂", ":-)"],
  [1, "SAFE", "😀", ":-}"],
  [0, "PERFECT", "😇", ":-]"],
];

/** systemd's word for an exposure, and its face. */
export function levelOf(exposure: number): { readonly predicate: string; readonly smiley: string } {
  const [, predicate, smiley, plain] = levels.find(([from]) => exposure >= from) ?? levels.at(-1)!;
  return { predicate, smiley: hasEmoji() ? smiley : plain };
}

/** "9.6" for 96. */
export function formatExposure(exposure: number): string {
  return `${Math.floor(exposure / 10)}.${exposure % 10}`;
}
