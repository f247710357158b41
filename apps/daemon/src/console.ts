/** What the manager says before the journal stands, or to whoever started it: plain lines on stderr, colour on a terminal. */
export function say(message: string, level: "info" | "warning" | "error" = "info"): void {
  const colour = process.stderr.isTTY && process.env.NO_COLOR === undefined;
  const [on, off] = colour
    ? level === "error"
      ? ["\x1b[31m", "\x1b[0m"]
      : level === "warning"
        ? ["\x1b[33m", "\x1b[0m"]
        : ["", ""]
    : ["", ""];
  process.stderr.write(`${on}stewardd: ${message}${off}\n`);
}
