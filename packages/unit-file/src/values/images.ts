import { decodeBase64 } from "./base64.ts";
import type { Assignment, Kind } from "./kind.ts";
import { forEachWord, list } from "./lists.ts";
import { checkPath } from "./paths.ts";

/** A disk image to mount, with options for its partitions. */
export interface ImageMount {
  readonly source: string;
  readonly destination: string;
  readonly ignoreMissing: boolean;
  readonly options: readonly (readonly [string, string])[];
}

const partitions = [
  "root",
  "usr",
  "home",
  "srv",
  "esp",
  "xbootldr",
  "swap",
  "root-verity",
  "usr-verity",
  "root-verity-sig",
  "usr-verity-sig",
  "tmp",
  "var",
];

/** Pairs of partition and options; options alone are the root partition's. */
function imageOptions(a: Assignment, parts: readonly string[]): [string, string][] {
  const pairs = parts.length === 1 && parts[0] !== "" ? ["root", parts[0] as string] : parts;
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const partition = pairs[i] as string;
    const options = a.expand(pairs[i + 1] as string);
    if (!partitions.includes(partition)) a.warn(`Invalid partition name ${partition}, ignoring`);
    else if (options !== undefined) found.push([partition, options]);
    else a.warn(`Failed to resolve unit specifiers in ${pairs[i + 1]}, ignoring: ${a.expandError()}`);
  }
  return found;
}

/** RootImageOptions=: options for each partition. */
export const rootImageOptions: Kind<readonly (readonly [string, string])[]> = {
  name: "mount options",
  signature: "a(ss)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const items = [...previous];
    forEachWord(a, { unquote: true }, (word) => {
      const parts = word.split(":");
      if (parts.length > 2) a.warn(`Failed to parse RootImageOptions, ignoring: ${word}`);
      else items.push(...imageOptions(a, parts));
    });
    return items;
  },
  toBus: (v) => v,
};

/** MountImages=SOURCE:DESTINATION[:OPTIONS] and, without a destination, ExtensionImages=. */
export function mountImages(withDestination: boolean): Kind<readonly ImageMount[]> {
  return list<ImageMount>(
    "list of images",
    withDestination ? "a(ssba(ss))" : "a(sba(ss))",
    (a, add) =>
      forEachWord(a, { unquote: true }, (word) => {
        const parts = word.split(":");
        const first = parts.shift() as string;
        const ignoreMissing = first.startsWith("-");
        const expanded = a.expand(ignoreMissing ? first.slice(1) : first);
        const source = expanded === undefined ? undefined : checkPath(expanded, a);
        if (source === undefined) return;
        const target = withDestination ? a.expand(parts.shift() ?? "") : "";
        if (withDestination && target === "") {
          a.warn(`Missing destination in ${a.directive}, ignoring: ${word}`);
          return;
        }
        const destination = withDestination ? (target === undefined ? undefined : checkPath(target, a)) : "";
        if (destination !== undefined) {
          add({ source, destination, ignoreMissing, options: imageOptions(a, parts) });
        }
      }),
    (v) =>
      v.map((m) =>
        withDestination
          ? [m.source, m.destination, m.ignoreMissing, m.options]
          : [m.source, m.ignoreMissing, m.options],
      ),
  );
}

/** RootHash= and RootHashSignature=: bytes, or the path of a file that holds them. */
export interface RootHash {
  readonly bytes: readonly number[];
  readonly path: string;
}

export function rootHash(signature: boolean): Kind<RootHash> {
  return {
    name: signature ? "path or Base64 data" : "path or hexadecimal hash",
    signature: "ay",
    repeats: "replaces",
    initial: { bytes: [], path: "" },
    assign(previous, a) {
      if (a.value === "") return { bytes: [], path: "" };
      if (a.value.startsWith("/")) {
        const value = a.expand(a.value);
        const checked = value === undefined ? undefined : checkPath(value, a, { fatal: true });
        return checked === undefined ? previous : { bytes: [], path: checked };
      }
      if (signature) {
        if (!a.value.startsWith("base64:")) {
          a.warn(
            `Failed to decode RootHashSignature=, not a path but doesn't start with 'base64:', ignoring: ${a.value}`,
          );
          return previous;
        }
        const bytes = decodeBase64(a.value.slice(7));
        if (bytes) return { bytes, path: "" };
        a.warn(`Failed to decode RootHashSignature=, ignoring: ${a.value}`);
        return previous;
      }
      const digits = a.value.replace(/[ \t\n\r]/g, "");
      const hex = /^([0-9a-fA-F]{2})+$/.test(digits) ? (digits.match(/../g) ?? []) : undefined;
      if (!hex) a.warn(`Failed to decode RootHash=, ignoring: ${a.value}`);
      else if (hex.length < 16) a.warn(`RootHash= is too short, ignoring: ${a.value}`);
      else return { bytes: hex.map((h) => Number.parseInt(h, 16)), path: "" };
      return previous;
    },
    toBus: (v) => v.bytes,
  };
}
