import { parseSize } from "@steward/unit-file";

/** What stewardd's command line says. */
export interface Options {
  readonly scope: "system" | "user" | undefined;
  /** `--unit=`: the unit to start instead of the default target; the daemon ends with it. */
  readonly unit: string | undefined;
  /** Print what services write on our own output. */
  readonly logConsole: boolean;
  /** `--record=full`: the record keeps what a replay needs, and everything since the keeper's start. */
  readonly fullRecord: boolean;
  /** `--record-limit=`: past so many bytes of steps the record is compacted. */
  readonly recordLimit: number | undefined;
  readonly problems: readonly string[];
}

/** Reads the arguments; what is not understood is a problem with advice, nothing throws. */
export function parseOptions(argv: readonly string[]): Options {
  let scope: Options["scope"];
  let unit: string | undefined;
  let logConsole = false;
  let fullRecord = false;
  let recordLimit: number | undefined;
  const problems: string[] = [];
  for (const [index, argument] of argv.entries()) {
    if (argument === "--user") scope = "user";
    else if (argument === "--system") scope = "system";
    else if (argument === "--log-console") logConsole = true;
    else if (argument.startsWith("--record=")) {
      const kind = argument.slice("--record=".length);
      if (kind !== "full" && kind !== "usual")
        problems.push(`--record=${kind} is not known: it is full (a record that can be replayed anywhere) or usual.`);
      fullRecord = kind === "full";
    } else if (argument.startsWith("--record-limit=")) {
      recordLimit = parseSize(argument.slice("--record-limit=".length));
      if (recordLimit === undefined) problems.push("--record-limit= needs a size, as --record-limit=8M.");
    } else if (argument.startsWith("--unit=")) unit = argument.slice("--unit=".length);
    else if (argument === "--unit") unit = argv[index + 1];
    else if (argv[index - 1] !== "--unit") problems.push(`Unknown argument "${argument}". Try stewardd --help.`);
  }
  if (unit === "") problems.push("--unit= needs the name of a unit, as --unit=web.service.");
  return { scope, unit, logConsole, fullRecord, recordLimit, problems };
}
