/**
 * One line: `end` is where its content ends, `next` where the next line begins. A line ends at newline, carriage return or NUL; a run in which
 * none comes twice, such as "\r\n", counts as one end, and a NUL always ends the run. That is how systemd reads lines.
 */
export function nextLine(text: string, start: number): { end: number; next: number } {
  let end = start;
  const newline = text.indexOf("\n", start);
  const limit = newline < 0 ? text.length : newline;
  while (end < limit) {
    const unit = text.charCodeAt(end);
    if (unit === 13 || unit === 0) break;
    end += 1;
  }
  let next = end;
  let seen = 0;
  while (next < text.length) {
    const unit = text.charCodeAt(next);
    const kind = unit === 10 ? 1 : unit === 13 ? 2 : unit === 0 ? 4 : 0;
    if (kind === 0 || seen & kind || seen & 4) break;
    seen |= kind;
    next += 1;
  }
  return { end, next };
}
