/** What stewardd's command line says. */
export interface Options {
  readonly scope: "system" | "user" | undefined;
  /** `--unit=`: the unit to start instead of the default target; the daemon ends with it. */
  readonly unit: string | undefined;
  /** Print what services write on our own output. */
  readonly logConsole: boolean;
  readonly problems: readonly string[];
}

/** Reads the arguments; what is not understood is a problem with advice, nothing throws. */
export function parseOptions(argv: readonly string[]): Options {
  let scope: Options["scope"];
  let unit: string | undefined;
  let logConsole = false;
  const problems: string[] = [];
  for (const [index, argument] of argv.entries()) {
    if (argument === "--user") scope = "user";
    else if (argument === "--system") scope = "system";
    else if (argument === "--log-console") logConsole = true;
    else if (argument.startsWith("--unit=")) unit = argument.slice("--unit=".length);
    else if (argument === "--unit") unit = argv[index + 1];
    else if (argv[index - 1] !== "--unit") problems.push(`Unknown argument "${argument}". Try stewardd --help.`);
  }
  if (unit === "") problems.push("--unit= needs the name of a unit, as --unit=web.service.");
  return { scope, unit, logConsole, problems };
}
