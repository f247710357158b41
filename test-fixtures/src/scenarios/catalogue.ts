import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { clone } from "../machine.ts";
import { converted } from "./from-recorded.ts";
import { restartTable } from "./restart-table.ts";
import { parseScenarios, type Scenario } from "./scenario.ts";

/** Scenarios, and where what the genuine systemd did is recorded. */
export interface Book {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
  readonly recordedAt: string;
}

const folder = `${clone}/test-fixtures/scenarios`;
const recordedAt = (name: string): string => `${clone}/test-fixtures/recorded/scenarios/${name}.json`;

/** The project's own books, or the files that are named. */
export function books(files: readonly string[] = []): Book[] {
  const read = (file: string): Book => {
    const name = basename(file).replace(/\.scenario$/, "");
    return { name, scenarios: parseScenarios(readFileSync(file, "utf8"), file), recordedAt: recordedAt(name) };
  };
  if (files.length > 0) return files.map(read);
  const own = Object.entries({ ...converted, "restart-table": restartTable }).map(([name, scenarios]) => ({
    name,
    scenarios,
    recordedAt: recordedAt(name),
  }));
  const written = readdirSync(folder).filter((file) => file.endsWith(".scenario"));
  return [...own, ...written.sort().map((file) => read(`${folder}/${file}`))];
}

/** What systemd did in each scenario: one or several ways, where it does not do the same each time. */
export type Recording = Record<string, readonly (readonly string[])[]>;

export const readRecording = (book: Book): Recording =>
  existsSync(book.recordedAt) ? (JSON.parse(readFileSync(book.recordedAt, "utf8")) as Recording) : {};
