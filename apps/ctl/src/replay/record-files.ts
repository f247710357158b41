/** The files of a record: the one that is written now, and beside it those that a full record has kept. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseRecordLine, type RecordedSnapshot, type RecordedStep, recordLine } from "@steward/state-machine";
import { Failure } from "../failure.ts";

export interface RecordFile {
  readonly path: string;
  readonly snapshot: RecordedSnapshot;
  readonly steps: readonly { readonly line: number; readonly step: RecordedStep }[];
  /** The last line was cut off by a death in the middle of it; what it says was never done. */
  readonly torn: boolean;
}

/** Where this machine's manager keeps its record. */
export function usualRecord(scope: "system" | "user"): string {
  if (scope === "system") return "/run/steward/record";
  const uid = process.getuid?.() ?? 0;
  const runtime = process.env.XDG_RUNTIME_DIR ?? `/run/user/${uid}`;
  return `${statSync(runtime, { throwIfNoEntry: false }) === undefined ? `/tmp/steward-${uid}` : runtime}/steward/record`;
}

/** The files that a name stands for, oldest first: a directory's record, a record with those that were kept beside it. */
export function filesOf(name: string): string[] {
  const isDirectory = statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = isDirectory ? join(name, "record") : name;
  const prefix = `${basename(path)}.`;
  let names: string[] = [];
  try {
    names = readdirSync(dirname(path));
  } catch {
    // Reading the file itself says what is wrong.
  }
  const kept = names
    .filter((each) => each.startsWith(prefix) && /^[0-9]+$/.test(each.slice(prefix.length)))
    .map((each) => Number(each.slice(prefix.length)))
    .sort((a, b) => a - b);
  return [...kept.map((number) => `${path}.${number}`), path];
}

export function readRecord(path: string): RecordFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const hint =
      (error as { code?: string }).code === "ENOENT"
        ? " Expected the record of a stewardd, as /run/steward/record."
        : "";
    throw new Failure(`Cannot read ${path}: ${(error as Error).message}.${hint}`, 1, { cause: error });
  }
  const lines = text.split("\n");
  const torn = lines.pop() !== "";
  let snapshot: RecordedSnapshot | undefined;
  const steps: { line: number; step: RecordedStep }[] = [];
  for (const [index, line] of lines.entries()) {
    const value = parseRecordLine(line);
    if (value === undefined)
      throw new Failure(`${path}:${index + 1}:1: This line is no JSON. Expected a line of a record.`);
    const known = recordLine(value);
    if (known === undefined) continue;
    if ("snapshot" in known) {
      if (index > 0)
        throw new Failure(`${path}:${index + 1}:1: A snapshot in the middle. Expected it in the first line alone.`);
      snapshot = known;
    } else steps.push({ line: index + 1, step: known });
  }
  if (snapshot === undefined)
    throw new Failure(`${path}:1:1: No snapshot. Expected a record of stewardd, which begins with one.`);
  return { path, snapshot, steps, torn };
}
