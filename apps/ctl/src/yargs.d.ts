/** The little of yargs that help.ts uses. */
declare module "yargs" {
  interface Parser {
    scriptName(name: string): Parser;
    usage(text: string): Parser;
    help(enabled: boolean): Parser;
    version(enabled: boolean): Parser;
    completion(
      command: string,
      description: string,
      complete: (current: string, argv: { readonly _: readonly (string | number)[] }) => Promise<readonly string[]>,
    ): Parser;
    wrap(columns: number): Parser;
    epilogue(text: string): Parser;
    command(name: string, description: string): Parser;
    option(name: string, options: { alias?: string; type: "boolean" | "string"; describe: string }): Parser;
    parseAsync(): Promise<unknown>;
    getHelp(): Promise<string>;
  }
  export default function yargs(argv: readonly string[]): Parser;
}
