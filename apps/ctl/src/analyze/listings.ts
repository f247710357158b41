/** exit-status, capability, syscall-filter, unit-paths: lists that unit files choose from. */
import { capabilityNames, exitStatusNames, syscallSetMembers, unitSearchPath } from "@steward/unit-file";
import { scopeOf } from "../bus/socket-path.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { cell, tableLines } from "../print/table.ts";
import { grey, highlight } from "../print/terminal.ts";
import { compareText, printJson, wantsJson } from "../verbs/filters.ts";
import { installPlace } from "../verbs/install-place.ts";
import { syscallSetTexts } from "./syscall-set-texts.ts";

export async function unitPaths(context: Context): Promise<number> {
  const { options } = context;
  const scope = scopeOf(options, process.getuid?.() ?? 0);
  const paths =
    options.global === true ? installPlace(options).paths.search : unitSearchPath({ scope, environment: process.env });
  if (wantsJson(context)) printJson(context, paths);
  else for (const path of paths) context.out.line(path);
  return 0;
}

/** Who defined a status: the C library, LSB, sysexits.h or systemd (systemd.exec(5), "Process exit codes"). */
function statusClass(status: number): string {
  if (status <= 1) return "libc";
  if (status < 64) return "LSB";
  return status < 200 ? "BSD" : "systemd";
}

export async function exitStatus(context: Context, words: readonly string[]): Promise<number> {
  const all = Object.entries(exitStatusNames);
  const rows =
    words.length === 0 ? all.map(([name, status]) => ({ name, status })) : words.map((word) => findStatus(word, all));
  const found = rows.map(({ name, status }) => ({ name, status, class: name === "-" ? "-" : statusClass(status) }));
  if (wantsJson(context)) printJson(context, found);
  else {
    const columns = [{ title: "NAME" }, { title: "STATUS", right: true }, { title: "CLASS" }];
    const cells = found.map((row) => [cell(row.name), cell(String(row.status)), cell(row.class)]);
    for (const line of tableLines(columns, cells, { header: true })) context.out.line(line);
  }
  return 0;
}

function findStatus(word: string, all: readonly (readonly [string, number])[]): { name: string; status: number } {
  const number = /^\+?\d+$/.test(word) ? Number(word) : exitStatusNames[word];
  if (number === undefined || number > 255) throw new Failure(`Invalid exit status "${word}".`);
  return { name: all.find(([, status]) => status === number)?.[0] ?? "-", status: number };
}

export async function capability(context: Context, words: readonly string[]): Promise<number> {
  const known = capabilityNames.map((name, number) => ({ name: String(name), number }));
  const rows =
    words.length === 0
      ? known
      : words.map((word) => {
          const wanted = word.toLowerCase();
          const row = known.find(({ name, number }) => name === wanted || String(number) === word);
          if (row !== undefined) return row;
          if (/^\d+$/.test(word) && Number(word) <= 62) return { name: "cap_???", number: Number(word) };
          throw new Failure(`Capability "${word}" not known.`);
        });
  if (wantsJson(context)) printJson(context, rows);
  else {
    const columns = [{ title: "NAME" }, { title: "NUMBER", right: true }];
    const cells = rows.map(({ name, number }) => [cell(name), cell(String(number))]);
    for (const line of tableLines(columns, cells, { header: true })) context.out.line(line);
  }
  return 0;
}

export async function syscallFilter(context: Context, words: readonly string[]): Promise<number> {
  const names = words.length === 0 ? syscallSetTexts.map(([name]) => name) : words;
  const found: object[] = [];
  for (const [index, name] of names.entries()) {
    if (index > 0 && !wantsJson(context)) context.out.line();
    const text = syscallSetTexts.find(([each]) => each === name)?.[1];
    if (text === undefined) throw new Failure(`Filter set "${name}" not found.`);
    if (wantsJson(context)) {
      found.push({ name, description: text, syscalls: membersOf(name) });
      continue;
    }
    context.out.line(highlight(name));
    context.out.line(`    ${grey(`# ${text}`)}`);
    for (const member of membersOf(name)) context.out.line(`    ${member}`);
  }
  if (wantsJson(context)) printJson(context, found);
  return 0;
}

/** A set as it is written: sets inside it by their names. */
function membersOf(name: string): readonly string[] {
  return [...(syscallSetMembers(name) ?? [])].sort(compareText);
}
