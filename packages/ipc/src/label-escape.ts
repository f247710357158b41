/**
 * Names inside object paths, as sd_bus_path_encode(3) writes them: a byte that is not a letter or digit (or a digit
 * in first place) becomes _ and two hex digits; the empty name is "_".
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** foo.service becomes foo_2eservice. */
export function busLabelEscape(name: string): string {
  if (name === "") return "_";
  let escaped = "";
  for (const byte of encoder.encode(name)) {
    const letter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
    const digit = byte >= 0x30 && byte <= 0x39;
    if (letter || (digit && escaped !== "")) escaped += String.fromCharCode(byte);
    else escaped += `_${byte.toString(16).padStart(2, "0")}`;
  }
  return escaped;
}

/** foo_2eservice becomes foo.service. An underscore without two hex digits stands for itself, as in sd-bus. */
export function busLabelUnescape(label: string): string {
  if (label === "_") return "";
  if (!/_[89a-f]|[^ -~]/i.test(label))
    // of ASCII alone: one replacement, no bytes to be put together
    return label.replace(/_([0-7][0-9a-f])/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const bytes: number[] = [];
  for (let at = 0; at < label.length; at++) {
    const hex = label.slice(at + 1, at + 3);
    if (label[at] === "_" && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else {
      bytes.push(label.charCodeAt(at) & 0xff);
    }
  }
  return decoder.decode(Uint8Array.from(bytes));
}
