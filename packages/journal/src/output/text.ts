/** Is it text that may be shown: UTF-8 without control characters, except tab and (where allowed) newline? */
export function isPrintable(bytes: Uint8Array, newlines: boolean): boolean {
  let plain = true;
  for (const byte of bytes) {
    if (byte >= 0x20 && byte < 0x7f) continue;
    if (byte === 0x09 || (byte === 0x0a && newlines)) continue;
    if (byte < 0x80) return false;
    plain = false;
  }
  if (plain) return true;
  const text = decode(bytes);
  // C1 controls are two bytes long in UTF-8.
  return text !== undefined && !/[\u0080-\u009f]/.test(text);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Tabs as eight spaces, without the escape sequences of terminals (colours, titles). */
export function withoutTabsAndAnsi(text: string): string {
  if (!text.includes("\t") && !text.includes("\x1b")) return text;
  return text
    .replaceAll("\t", "        ")
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, "");
}

/** A number of bytes as journalctl prints it: 12B, 1.5K, 3.0M. */
export function bytesText(bytes: number): string {
  const units = ["E", "P", "T", "G", "M", "K"];
  for (const [index, unit] of units.entries()) {
    const factor = 1024 ** (units.length - index);
    if (bytes >= factor) {
      const tenths = Math.floor((bytes * 10) / factor) % 10;
      return `${Math.floor(bytes / factor)}.${tenths}${unit}`;
    }
  }
  return `${bytes}B`;
}

/** How many columns the text takes on a terminal, near enough: wide East Asian characters and emoji take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += isWide(character.codePointAt(0)!) ? 2 : 1;
  return width;
}

function isWide(code: number): boolean {
  return (
    code >= 0x1100 &&
    (code <= 0x115f ||
      (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6) ||
      (code >= 0x1f300 && code <= 0x1faff) ||
      (code >= 0x20000 && code <= 0x3fffd))
  );
}

/** Shortens text to `columns` with an ellipsis that stands at `percent` of it (rounded, or cut where not all is ASCII: so systemd does). */
export function ellipsize(text: string, columns: number, percent: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= 0) return "";
  const characters = [...text];
  const ascii = /^[\x00-\x7f]*$/.test(text);
  const head = characters.slice(0, Math.floor(((columns - 1) * percent + (ascii ? 50 : 0)) / 100));
  const after = columns - 1 - head.length;
  return `${head.join("")}…${after > 0 ? characters.slice(-after).join("") : ""}`;
}

/** What C prints of a text that may hold a NUL. */
export function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
