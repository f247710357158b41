/** What a unit's line looks like on our own output (--log-console): time, unit, text; dim and coloured on a terminal. */
export function consoleLine(unit: string, text: string, level: number, realtimeUsec: number, colour: boolean): string {
  const date = new Date(realtimeUsec / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  const shown = printable(text);
  if (!colour) return `${time} ${unit}: ${shown}\n`;
  const [on, off] = level <= 3 ? ["\x1b[0;1;31m", "\x1b[0m"] : level === 4 ? ["\x1b[0;1;33m", "\x1b[0m"] : ["", ""];
  return `\x1b[2m${time}\x1b[0m \x1b[${unitColour(unit)}m${unit}\x1b[0m: ${on}${shown}${off}\n`;
}

/** Control characters of a service do not reach the terminal. */
function printable(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "?");
}

/** One of six colours by name, so that a unit keeps its own. */
function unitColour(unit: string): number {
  let sum = 0;
  for (let i = 0; i < unit.length; i++) sum = (sum * 31 + unit.charCodeAt(i)) >>> 0;
  return 31 + (sum % 6);
}
