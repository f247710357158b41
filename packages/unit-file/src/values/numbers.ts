/** systemd's parse_boolean: 1 yes y true t on, 0 no n false f off, in any case. Undefined: neither. */
export function parseBoolean(text: string): boolean | undefined {
  switch (text.toLowerCase()) {
    case "1":
    case "yes":
    case "y":
    case "true":
    case "t":
    case "on":
      return true;
    case "0":
    case "no":
    case "n":
    case "false":
    case "f":
    case "off":
      return false;
    default:
      return undefined;
  }
}

const WHOLE = /^[ \t\n\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[0-9]+)$/;

/**
 * A whole number as systemd's safe_atou and safe_atoi read it: decimal, 0x…, 0b…, 0o…, and octal with a leading zero unless a base is given.
 * Undefined where it is none or out of range.
 */
export function parseInteger(text: string, min: number, max: number, base?: 8 | 10): number | undefined {
  const match = WHOLE.exec(text);
  if (!match) return undefined;
  const [, sign, digits = ""] = match;
  let value: number;
  const prefix = digits.slice(0, 2).toLowerCase();
  if (prefix === "0b" || prefix === "0o") value = base === undefined ? Number(digits) : Number.NaN;
  else if (prefix === "0x") value = base === undefined ? Number(digits) : Number.NaN;
  else if (base === 8 || (base === undefined && digits.length > 1 && digits.startsWith("0"))) {
    value = /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  } else value = Number(digits);
  if (sign === "-") value = value === 0 ? 0 : -value;
  return value >= min && value <= max ? value : undefined;
}

/** Unsigned 32 bit. */
export function parseUnsigned(text: string, max = 0xffff_ffff): number | undefined {
  return parseInteger(text, 0, max);
}

const IEC = ["", "K", "M", "G", "T", "P", "E"];

/** A size: "1.5G", "4K 512", base 1024 (systemd.syntax(7)); bytes, undefined where it is none. */
export function parseSize(text: string, base: 1024 | 1000 = 1024): number | undefined {
  let rest = text.trimStart();
  if (rest === "") return undefined;
  let total = 0;
  let lastFactor = Number.POSITIVE_INFINITY;
  while (rest !== "") {
    const match = /^\+?([0-9]+)(\.[0-9]*)?[ \t\n\r]*(Ki?B?|Mi?B?|Gi?B?|Ti?B?|Pi?B?|Ei?B?|B)?[ \t\n\r]*/.exec(rest);
    if (!match) return undefined;
    const suffix = match[3] ?? "";
    if (suffix.length > 1) return undefined;
    const power = suffix === "B" ? 0 : IEC.indexOf(suffix);
    const factor = base ** power;
    // Units must come in descending order: "1G 5M", never "5M 1G".
    if (factor >= lastFactor) return undefined;
    lastFactor = factor;
    total += Number(match[1]) * factor + Math.floor(Number(`0${match[2] === "." ? "" : (match[2] ?? "")}`) * factor);
    rest = rest.slice(match[0].length);
  }
  return total < 2 ** 64 ? total : undefined;
}

/** "12%", "12.5%", "12.34%" in ten-thousandths; undefined where it is none. May exceed 10,000 unless `bounded`. */
export function parsePermyriad(text: string, bounded = true): number | undefined {
  const match = /^([0-9]+)(?:\.([0-9]{1,2}))?%$/.exec(text) ?? undefined;
  let value: number | undefined;
  if (match) value = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  else {
    const mille = /^([0-9]+)(?:\.([0-9]))?‰$/.exec(text);
    const myriad = /^([0-9]+)‱$/.exec(text);
    if (mille) value = Number(mille[1]) * 10 + Number(mille[2] ?? 0);
    else if (myriad) value = Number(myriad[1]);
  }
  if (value === undefined || value > 2147483647) return undefined;
  return bounded && value > 10_000 ? undefined : value;
}

/** An octal access mode up to 07777; undefined where it is none. */
export function parseMode(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? parseInteger(text, 0, 0o7777, 8) : undefined;
}

/** Why a text is no number within bounds, in the C library's words. */
export function why(text: string): string {
  return parseInteger(text, -(2 ** 63), 2 ** 64) === undefined ? "Invalid argument" : "Numerical result out of range";
}
