type Values = Readonly<Record<string, unknown>>;

/** Typed reading of one section of a unit's settings; what is absent or of another type has the default that is given. */
export interface Reader {
  text(name: string, otherwise: string): string;
  word<W extends string>(name: string, otherwise: W): W;
  flag(name: string, otherwise: boolean): boolean;
  number(name: string, otherwise: number): number;
  maybeNumber(name: string): number | undefined;
  list(name: string): readonly unknown[];
  value(name: string): unknown;
}

export function reader(settings: object, section: string): Reader {
  const values = ((settings as Record<string, unknown>)[section] ?? {}) as Values;
  const number = (name: string): number | undefined => {
    const value = values[name];
    return typeof value === "number" ? value : undefined;
  };
  return {
    text: (name, otherwise) => (typeof values[name] === "string" ? (values[name] as string) : otherwise),
    word: <W extends string>(name: string, otherwise: W): W => {
      const value = values[name];
      return typeof value === "string" && value !== "" ? (value as W) : otherwise;
    },
    flag: (name, otherwise) => (typeof values[name] === "boolean" ? (values[name] as boolean) : otherwise),
    number: (name, otherwise) => number(name) ?? otherwise,
    maybeNumber: number,
    list: (name) => (Array.isArray(values[name]) ? (values[name] as readonly unknown[]) : []),
    value: (name) => values[name],
  };
}
