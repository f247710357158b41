/** What the terminal can do, and the colours that systemd uses on it. */

/** Whether to colour what goes to this descriptor: on a terminal, unless NO_COLOR or TERM=dumb; SYSTEMD_COLORS decides where it is set. */
export function hasColours(): boolean {
  const wish = process.env.SYSTEMD_COLORS;
  if (wish !== undefined) return !/^(0|no|n|false|f|off)$/i.test(wish);
  if (process.env.NO_COLOR !== undefined || process.env.TERM === "dumb") return false;
  return process.stdout.isTTY === true;
}

let enabled: boolean | undefined;

function code(sequence: string): (text: string) => string {
  return (text) => {
    enabled ??= hasColours();
    return enabled && text !== "" ? `\x1b[${sequence}m${text}\x1b[0m` : text;
  };
}

export const highlight = code("0;1;39");
export const highlightRed = code("0;1;31");
export const highlightGreen = code("0;1;32");
export const highlightYellow = code("0;1;33");
export const highlightBlue = code("0;1;34");
export const highlightMagenta = code("0;1;35");
export const highlightCyan = code("0;1;36");
export const red = code("31");
export const green = code("32");
export const grey = code("38;5;245");
export const underline = code("0;4;39");

/** The terminal's width; undefined where output is no terminal and nothing is to be shortened. */
export function terminalColumns(): number | undefined {
  if (process.stdout.isTTY !== true) return undefined;
  const wish = Number(process.env.COLUMNS);
  return wish > 0 ? wish : process.stdout.columns || 80;
}

/** Whether the terminal shows faces as pictures: the kernel's own console does not. SYSTEMD_EMOJI decides where it is set. */
export function hasEmoji(): boolean {
  const { SYSTEMD_EMOJI: wish, TERM } = process.env;
  if (wish !== undefined) return !/^(0|no|n|false|f|off)$/i.test(wish);
  return TERM !== undefined && TERM !== "dumb" && TERM !== "linux";
}
