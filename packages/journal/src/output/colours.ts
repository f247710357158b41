/** What journalctl puts around text on a terminal. */
export interface Colours {
  readonly on: string;
  readonly off: string;
  /** Around what a search found. */
  readonly found: string;
}

export const NORMAL = "\x1b[0m";
export const HIGHLIGHT = "\x1b[0;1;39m";
const HIGHLIGHT_RED = "\x1b[0;1;31m";
const HIGHLIGHT_YELLOW = "\x1b[0;1;38;5;185m";
const GREY = "\x1b[0;38;5;245m";

export const noColours: Colours = { on: "", off: "", found: "" };

/** The colours of a priority (0 emerg … 7 debug): errors red, warnings yellow, notices bright, debug grey. */
export function priorityColours(priority: number): Colours {
  if (priority <= 3) return { on: HIGHLIGHT_RED, off: NORMAL, found: HIGHLIGHT };
  if (priority === 4) return { on: HIGHLIGHT_YELLOW, off: NORMAL, found: HIGHLIGHT };
  if (priority === 5) return { on: HIGHLIGHT, off: NORMAL, found: HIGHLIGHT_RED };
  if (priority >= 7) return { on: GREY, off: NORMAL, found: HIGHLIGHT_RED };
  return noColours;
}
