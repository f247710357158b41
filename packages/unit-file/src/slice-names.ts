/** Whether a name may be a slice's: no dash at either end and no two in a row, `-.slice` apart. */
export function isValidSliceName(name: string): boolean {
  if (name === "-.slice") return true;
  const prefix = name.slice(0, -".slice".length);
  return !/^-|--|-$/.test(prefix) && !prefix.includes("@");
}

/** The slice that a slice lies in; undefined for the root. */
export function parentSlice(name: string): string | undefined {
  if (name === "-.slice") return undefined;
  const dash = name.lastIndexOf("-");
  return dash < 0 ? "-.slice" : `${name.slice(0, dash)}.slice`;
}
