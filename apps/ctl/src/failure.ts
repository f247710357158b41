/** What ends a command: a message for stderr (none when it was printed already) and the exit code. */
export class Failure extends Error {
  readonly code = "CTL_FAILURE";
  readonly exitCode: number;
  constructor(message: string, exitCode = 1, options?: ErrorOptions) {
    super(message, options);
    this.name = "Failure";
    this.exitCode = exitCode;
  }
}
