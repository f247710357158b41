import { execStatus } from "@steward/process-runtime";
import { errnoText } from "@steward/state-machine";
import type { LoadedUnit } from "@steward/unit-file";

/** Which directives a step of each exit status carries out, of those that may fail without the service failing. */
const directives: Readonly<Record<number, string>> = {
  [execStatus.oomAdjust]: "OOMScoreAdjust=",
  [execStatus.chdir]: "WorkingDirectory=",
};

/** The status of the steps of `clean` (removalPlan). */
const removalFailed = 1;

/** What is said of a step that failed and was passed over: which directive it was of, and why this machine refused. */
export function ignoredStepMessage(unit: string, status: number, errno: number): string {
  if (status === removalFailed) return `${unit}: a directory could not be removed (${errnoText(errno)}).`;
  const what = directives[status] ?? `the step that ends with ${status} (systemd.exec(5), Process Exit Codes)`;
  return `${unit}: ${what} could not be carried out (${errnoText(errno)}); the service runs without.`;
}

/** The file or directory that a failed step was about, as the unit file names it; undefined where there is none to name. */
export function failedStepSubject(unit: LoadedUnit | undefined, status: number): string | undefined {
  const service = unit?.settings.Service;
  if (service === undefined) return undefined;
  switch (status) {
    case execStatus.chdir:
      return service.WorkingDirectory?.home ? "~" : service.WorkingDirectory?.path || undefined;
    case execStatus.stdin:
      return service.StandardInput.target || undefined;
    case execStatus.stdout:
      return service.StandardOutput.target || undefined;
    case execStatus.stderr:
      return service.StandardError.target || undefined;
    case execStatus.namespace:
      return service.RootDirectory || undefined;
    default:
      return undefined;
  }
}
