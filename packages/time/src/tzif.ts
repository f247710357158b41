import { type PosixZone, parsePosixZone } from "./posix-zone.ts";
import type { TimeZone, ZoneOffset } from "./zone.ts";

/** Big-endian readers over the bytes of a file; out of range reads give undefined and end the decoding. */
function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Header {
  readonly version: number;
  readonly isutCount: number;
  readonly isstdCount: number;
  readonly leapCount: number;
  readonly timeCount: number;
  readonly typeCount: number;
  readonly charCount: number;
}

const headerLength = 44;

function readHeader(data: DataView, at: number): Header | undefined {
  if (at + headerLength > data.byteLength || data.getUint32(at) !== 0x545a_6966) return undefined; // "TZif"
  const version = data.getUint8(at + 4);
  const counts = [20, 24, 28, 32, 36, 40].map((offset) => data.getUint32(at + offset));
  const [isutCount, isstdCount, leapCount, timeCount, typeCount, charCount] = counts as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    version: version === 0 ? 1 : version - 0x30,
    isutCount,
    isstdCount,
    leapCount,
    timeCount,
    typeCount,
    charCount,
  };
}

function bodyLength(h: Header, timeSize: 4 | 8): number {
  return (
    h.timeCount * (timeSize + 1) +
    h.typeCount * 6 +
    h.charCount +
    h.leapCount * (timeSize + 4) +
    h.isstdCount +
    h.isutCount
  );
}

function ascii(bytes: Uint8Array, from: number, end: number): string {
  let text = "";
  for (let i = from; i < end && bytes[i] !== 0; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/**
 * Reads a compiled time zone (tzfile(5), RFC 9636: the files under /usr/share/zoneinfo) from its bytes; undefined when they are
 * not one. Offsets, names and summer time are then exactly those of the C library, which `Intl` does not give.
 */
export function readTimeZone(name: string, bytes: Uint8Array): TimeZone | undefined {
  const data = view(bytes);
  const first = readHeader(data, 0);
  if (first === undefined) return undefined;
  // Version 2 and later repeat everything with 64-bit times behind the 32-bit block, and end with a rule for the future.
  const wide = first.version >= 2;
  const start = wide ? headerLength + bodyLength(first, 4) : 0;
  const header = wide ? readHeader(data, start) : first;
  if (header === undefined || header.typeCount === 0) return undefined;
  const size = wide ? 8 : 4;
  const timesAt = start + headerLength;
  const indexesAt = timesAt + header.timeCount * size;
  const typesAt = indexesAt + header.timeCount;
  const charsAt = typesAt + header.typeCount * 6;
  const end = timesAt + bodyLength(header, size);
  if (end > bytes.length) return undefined;

  const types: ZoneOffset[] = [];
  for (let i = 0; i < header.typeCount; i++) {
    const at = typesAt + i * 6;
    const nameAt = charsAt + data.getUint8(at + 5);
    types.push({
      offsetSec: data.getInt32(at),
      dst: data.getUint8(at + 4) !== 0,
      abbreviation: ascii(bytes, nameAt, charsAt + header.charCount),
    });
  }
  const times: number[] = [];
  const kinds: ZoneOffset[] = [];
  for (let i = 0; i < header.timeCount; i++) {
    const at = timesAt + i * size;
    times.push(wide ? Number(data.getBigInt64(at)) : data.getInt32(at));
    const kind = types[data.getUint8(indexesAt + i)];
    if (kind === undefined) return undefined;
    kinds.push(kind);
  }
  const footer = wide ? ascii(bytes, end + 1, bytes.length).split("\n")[0] : "";
  const rule = footer ? parsePosixZone(footer) : undefined;
  return zoneOf(name, types[0]!, times, kinds, rule);
}

function zoneOf(
  name: string,
  initial: ZoneOffset,
  times: readonly number[],
  kinds: readonly ZoneOffset[],
  rule: PosixZone | undefined,
): TimeZone {
  const last = times.at(-1);
  return {
    name,
    at(sec) {
      if (last === undefined || sec >= last) return rule?.at(sec) ?? kinds.at(-1) ?? initial;
      if (sec < times[0]!) return initial;
      let low = 0;
      let high = times.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (times[middle]! <= sec) low = middle;
        else high = middle - 1;
      }
      return kinds[low]!;
    },
  };
}
