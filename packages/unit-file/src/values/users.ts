import type { Kind } from "./kind.ts";
import { forEachWord, list } from "./lists.ts";
import { checkedText } from "./scalars.ts";

/** A user or group: a name or a number (systemd.exec(5), User=); the relaxed rules, which take almost anything sensible. */
function isUserName(text: string): boolean {
  if (text === "" || text.length > 255 || !text.isWellFormed()) return false;
  if (/^[0-9]+$/.test(text)) return /^(0|[1-9].*)$/.test(text) && Number(text) < 0xffff_ffff && Number(text) !== 0xffff;
  if (/^-?[0-9]+$/.test(text)) return false;
  if (text === "." || text === ".." || text.trim() !== text) return false;
  for (const c of text) if (c.charCodeAt(0) < 32 || c === "\x7f" || c === ":" || c === "/") return false;
  return true;
}

export const userName: Kind<string> = {
  ...checkedText("user or group", isUserName, () => ""),
  assign(previous, a) {
    if (a.value === "") return "";
    const value = a.expand(a.value);
    if (value === undefined) a.refuse(`Failed to resolve unit specifiers in ${a.value}: ${a.expandError()}`);
    else if (!isUserName(value)) a.refuse(`Invalid user/group name or numeric ID: ${value}`);
    else {
      if (value === "nobody" && a.directive === "User") a.warn("Special user nobody configured, this is not safe!");
      return value;
    }
    return previous;
  },
};

export const userNames: Kind<readonly string[]> = list<string>(
  "list of groups",
  "as",
  (a, add) =>
    forEachWord(a, {}, (word) => {
      const value = a.expand(word);
      if (value === undefined) a.refuse(`Failed to resolve unit specifiers in ${word}: ${a.expandError()}`);
      else if (!isUserName(value)) a.refuse(`Invalid user/group name or numeric ID: ${value}`);
      else add(value);
    }),
  (v) => v,
);
