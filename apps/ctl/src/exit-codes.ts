/** stewardctl's exit codes: systemctl's own, which are those of LSB init scripts (systemctl(1), "Exit status"). */
export const exitCodes = {
  success: 0,
  failure: 1,
  /** `status`: the unit does not run, but its PID file is there. */
  deadWithPidFile: 1,
  /** `is-active` and `status`: the unit does not run. A job that its unit's type does not know. */
  notRunning: 3,
  notImplemented: 3,
  /** `status`: no such unit. */
  noSuchUnit: 4,
  noPermission: 4,
  notInstalled: 5,
  notConfigured: 6,
} as const;

/** Exit codes of errors that a request to start, stop or reload is answered with; all others give 1. */
const byError: { readonly [name: string]: number } = {
  "org.freedesktop.systemd1.NoSuchUnit": exitCodes.notInstalled,
  "org.freedesktop.DBus.Error.AccessDenied": exitCodes.noPermission,
  "org.freedesktop.systemd1.OnlyByDependency": exitCodes.noPermission,
  "org.freedesktop.systemd1.NoIsolation": exitCodes.noPermission,
  "org.freedesktop.systemd1.TransactionIsDestructive": exitCodes.noPermission,
  "org.freedesktop.systemd1.JobTypeNotApplicable": exitCodes.notImplemented,
  "org.freedesktop.systemd1.LoadFailed": exitCodes.notConfigured,
};

/** The exit code for a refused job. */
export function exitCodeOfError(name: string): number {
  return byError[name] ?? exitCodes.failure;
}
