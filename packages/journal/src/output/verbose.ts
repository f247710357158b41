import type { JournalEntry } from "../read/journal-entry.ts";
import { HIGHLIGHT, NORMAL, noColours } from "./colours.ts";
import type { FormatOptions } from "./format-entry.ts";
import { timestampText } from "./local-time.ts";
import { multilineText } from "./multiline.ts";
import { realtimeOf } from "./short.ts";
import { bytesText, isPrintable, untilNul } from "./text.ts";

/** Every field on a line of its own below the time and the cursor (journalctl(1), -o verbose). */
export function verboseText(entry: JournalEntry, options: FormatOptions): Buffer {
  const parts = [Buffer.from(`${timestampText(realtimeOf(entry), options.utc === true, true)} [${entry.cursor}]\n`)];
  for (const [name, value] of entry.fields) {
    if (options.outputFields !== undefined && !options.outputFields.includes(name)) continue;
    const bright = options.colour === true && name === "MESSAGE";
    const on = bright ? HIGHLIGHT : "";
    const off = bright ? NORMAL : "";
    const printable = isPrintable(value, true);
    if (options.all === true || printable) {
      const encoding = printable ? "utf8" : "latin1";
      const raw = printable ? value.toString("utf8") : untilNul(value.toString("latin1"));
      const lines = multilineText(raw, {
        prefix: 4 + name.length + 1,
        columns: undefined,
        colours: noColours,
        found: [0, 0],
      });
      parts.push(Buffer.from(`    ${on}${name}=${lines}${off}`, encoding));
    } else parts.push(Buffer.from(`    ${on}${name}=[${bytesText(value.length)} blob data]${off}\n`));
  }
  return Buffer.concat(parts);
}
