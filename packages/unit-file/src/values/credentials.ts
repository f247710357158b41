import { isValidPath } from "../escape-name.ts";
import { decodeUtf8, encodeUtf8 } from "../text.ts";
import { nextWord } from "../words.ts";
import { decodeBase64 } from "./base64.ts";
import type { Kind } from "./kind.ts";

/** A credential given in the unit or loaded from somewhere. */
export interface Credential {
  readonly id: string;
  /** Bytes for SetCredential=, a path or name for LoadCredential=. */
  readonly value: string;
}

function isCredentialName(name: string): boolean {
  return (
    name.length <= 255 && name !== "" && name !== "." && name !== ".." && /^[\x20-\x2e\x30-\x39\x3b-\x7e]+$/.test(name)
  );
}

/** SetCredential=ID:VALUE; the last one of a name stays. */
export function setCredential(encrypted: boolean): Kind<readonly Credential[]> {
  return {
    name: "credential",
    signature: "a(say)",
    repeats: "adds",
    initial: [],
    assign(previous, a) {
      if (a.value === "") return [];
      const word = nextWord(a.value, 0, { separators: ":", dontCoalesce: true });
      if (typeof word === "string" || word.next > a.value.length || !a.value.includes(":")) {
        a.warn(
          `Missing argument after ':', ignoring: ${a.value}`.replace("Missing argument after ':'", "Invalid syntax"),
        );
        return previous;
      }
      const id = a.expand(word.word);
      if (id === undefined || !isCredentialName(id)) {
        a.warn(`Credential name "${id ?? word.word}" not valid, ignoring.`);
        return previous;
      }
      const rest = a.value.slice(word.next);
      const value = encrypted ? base64Text(rest) : unescapeText(rest);
      if (value === undefined) {
        a.warn(
          encrypted
            ? "Encrypted credential data not valid Base64 data, ignoring."
            : `Can't unescape "${rest}", ignoring: Invalid argument`,
        );
        return previous;
      }
      return [...previous.filter((c) => c.id !== id), { id, value }];
    },
    toBus: (v) => v.map((c) => [c.id, [...encodeUtf8(c.value)]]),
  };
}

function base64Text(text: string): string | undefined {
  const bytes = decodeBase64(text);
  return bytes ? decodeUtf8(Uint8Array.from(bytes)) : undefined;
}

function unescapeText(text: string): string | undefined {
  const word = nextWord(text, 0, { separators: "", cUnescape: true });
  if (word === "end") return "";
  return word === "malformed" ? undefined : word.word;
}

/** LoadCredential=ID[:PATH]; the path may be the name of a credential of the manager's. */
export const loadCredential: Kind<readonly Credential[]> = {
  name: "credential",
  signature: "a(ss)",
  repeats: "adds",
  initial: [],
  assign(previous, a) {
    if (a.value === "") return [];
    const colon = a.value.indexOf(":");
    const id = a.expand(colon < 0 ? a.value : a.value.slice(0, colon));
    if (id === undefined || !isCredentialName(id)) {
      a.warn(`Credential name "${id ?? a.value}" not valid, ignoring.`);
      return previous;
    }
    const source = colon < 0 ? id : a.expand(a.value.slice(colon + 1));
    if (source === undefined || !(source.startsWith("/") ? isValidPath(source) : isCredentialName(source))) {
      a.warn(`Credential source "${source ?? a.value}" not valid, ignoring.`);
      return previous;
    }
    return [...previous.filter((c) => c.id !== id), { id, value: source }];
  },
  toBus: (v) => v.map((c) => [c.id, c.value]),
};
