/** The text that an editor is given, and what is taken from it again (systemctl(1), "edit"). Pure. */

const above = (path: string): string =>
  `### Editing ${path}\n### Anything between here and the comment below will become the new contents of the file`;
const below = "### Lines below this comment will be discarded";

/** A file that is shown below as comments. */
export interface ShownFile {
  readonly path: string;
  readonly text: string;
}

/** The text for an editor: what the file holds now between two markers, and the files that it adds to as comments below. */
export function editorText(path: string, content: string, originals: readonly ShownFile[]): string {
  const inner = content === "" ? "" : content.endsWith("\n") ? content : `${content}\n`;
  const shown = originals.map(({ path: file, text }) => `\n\n### ${file}\n${asComment(text)}`);
  return `${above(path)}\n\n${inner === "" ? "\n" : inner}\n${below}${shown.join("")}`;
}

/** The line that a person begins at: the one after the first marker. */
export const firstLine = 4;

function asComment(text: string): string {
  return text
    .replace(/\r?\n$/, "")
    .split("\n")
    .map((line) => `# ${line}`)
    .join("\n");
}

/**
 * What is between the markers, without blank lines around it; "" where nothing is. A marker that was taken away is no fence:
 * then the text goes from its begin, or to its end.
 */
export function editedContent(path: string, text: string): string {
  const first = text.indexOf(above(path));
  const begin = first < 0 ? 0 : first + above(path).length;
  const last = text.indexOf(below, begin);
  return trimmed(text.slice(begin, last < 0 ? undefined : last));
}

/** Without white space around it, and ending as a line does. */
export function trimmed(text: string): string {
  const inner = text.replace(/^\s*\n/, "").trim();
  return inner === "" ? "" : `${inner}\n`;
}
