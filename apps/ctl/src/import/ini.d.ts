/** The little of ini that supervisord-file.ts uses. */
declare module "ini" {
  export function parse(text: string): Readonly<Record<string, unknown>>;
}
