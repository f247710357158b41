import { getSystemErrorMessage } from "node:util";
import { execStatus } from "@steward/process-runtime";

/** Which directives a step of each exit status carries out, of those that may fail without the service failing. */
const directives: Readonly<Record<number, string>> = {
  [execStatus.oomAdjust]: "OOMScoreAdjust=",
  [execStatus.chdir]: "WorkingDirectory=",
};

/** The status of the steps of `clean` (removalPlan). */
const removalFailed = 1;

/** What is said of a step that failed and was passed over: which directive it was of, and why this machine refused. */
export function ignoredStepMessage(unit: string, status: number, errno: number): string {
  if (status === removalFailed) return `${unit}: a directory could not be removed (${getSystemErrorMessage(-errno)}).`;
  const what = directives[status] ?? `the step that ends with ${status} (systemd.exec(5), Process Exit Codes)`;
  return `${unit}: ${what} could not be carried out (${getSystemErrorMessage(-errno)}); the service runs without.`;
}
