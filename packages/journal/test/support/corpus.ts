import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { scratch } from "./scratch.ts";

/** Files of the genuine systemd-journal-remote, all of the same 27 entries; recorded/record.sh makes them anew. */
export const variants = ["default", "wide", "unkeyed"] as const;

export function corpusBytes(variant: (typeof variants)[number]): Buffer {
  return gunzipSync(readFileSync(join(import.meta.dirname, `../recorded/corpus-${variant}.journal.gz`)));
}

/** The path of an unpacked file. */
export function corpusFile(variant: (typeof variants)[number]): string {
  const path = `${scratch()}/corpus.journal`;
  writeFileSync(path, corpusBytes(variant));
  return path;
}
