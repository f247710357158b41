/**
 * Unit files are bytes; JavaScript has strings. Bytes that are not UTF-8 travel as the lone surrogates U+DC80 to U+DCFF,
 * which no valid text holds, so that what was read can be written back byte for byte, and `isWellFormed()` finds them.
 */

/** Bytes to text; a byte that is not part of valid UTF-8 becomes U+DC00 + the byte. Never fails. */
export function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let units: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] as number;
    const length = lead < 0x80 ? 1 : sequenceLength(bytes, i);
    if (length === 0) {
      units.push(0xdc00 + lead);
      i += 1;
    } else if (length === 1) {
      units.push(lead);
      i += 1;
    } else {
      let point = lead & (0x7f >> length);
      for (let k = 1; k < length; k++) point = (point << 6) | ((bytes[i + k] as number) & 0x3f);
      if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
      else units.push(point);
      i += length;
    }
    if (units.length > 8000) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return parts.join("");
}

/** Length of the valid sequence that starts at `at`, 0 when there is none (RFC 3629: no surrogates, nothing overlong). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  const second = bytes[at + 1] ?? 0;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0) return 0;
  for (let k = 1; k < length; k++) if (((bytes[at + k] ?? 0) & 0xc0) !== 0x80) return 0;
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  if (lead === 0xf4 && second > 0x8f) return 0;
  return length;
}

/** Text to bytes, the inverse of `decodeUtf8`. */
export function encodeUtf8(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point >= 0xd800 && point <= 0xdbff && i + 1 < text.length) {
      const low = text.charCodeAt(i + 1);
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        i += 1;
      }
    }
    if (point >= 0xdc80 && point <= 0xdcff) out[n++] = point - 0xdc00;
    else if (point < 0x80) out[n++] = point;
    else if (point < 0x800) {
      out[n++] = 0xc0 | (point >> 6);
      out[n++] = 0x80 | (point & 0x3f);
    } else if (point < 0x10000) {
      out[n++] = 0xe0 | (point >> 12);
      out[n++] = 0x80 | ((point >> 6) & 0x3f);
      out[n++] = 0x80 | (point & 0x3f);
    } else {
      out[n++] = 0xf0 | (point >> 18);
      out[n++] = 0x80 | ((point >> 12) & 0x3f);
      out[n++] = 0x80 | ((point >> 6) & 0x3f);
      out[n++] = 0x80 | (point & 0x3f);
    }
  }
  return out.slice(0, n);
}

/** systemd's WHITESPACE: blank, tab, newline, carriage return. */
export function isSpace(unit: number): boolean {
  return unit === 32 || unit === 9 || unit === 10 || unit === 13;
}

/** Strips systemd's white space at both ends; String.trim() would take more (U+00A0, form feeds). */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** No control characters, quotes or backslashes: string_is_safe() of systemd, used for section names, paths and the like. */
export function isSafeString(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 32 || unit === 127 || unit === 34 || unit === 39 || unit === 92) return false;
  }
  return true;
}

/** Whether text holds control characters other than those named in `allowed`. */
export function hasControl(text: string, allowed = ""): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit < 32 || unit === 127) && !allowed.includes(text[i] as string)) return true;
  }
  return false;
}

/** Puts texts in the order of their UTF-16 units, which is that of their bytes for ASCII. */
export function byBytes(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
