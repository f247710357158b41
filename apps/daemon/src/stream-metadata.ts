import type { ExecContext } from "@steward/process-runtime";

/** What the journal process gets with a stream: fields of every entry in export form, and lines with a dot for itself. */
export function streamMetadata(options: {
  readonly unit: string;
  readonly scope: "system" | "user";
  readonly userUnitOf: number;
  readonly invocation: string;
  readonly identifier: string;
  readonly context: ExecContext;
  readonly console: boolean;
  readonly slice: string | undefined;
  readonly cgroup: string;
}): string {
  const { unit, scope, invocation, identifier, context } = options;
  const fields: (readonly [string, string])[] = [
    ["_TRANSPORT", "stdout"],
    ["PRIORITY", String(context.syslogLevel ?? 6)],
    ["SYSLOG_FACILITY", String(context.syslogFacility ?? 3)],
    ["SYSLOG_IDENTIFIER", identifier],
    ["_SYSTEMD_CGROUP", options.cgroup],
  ];
  if (scope === "system") fields.push(["_SYSTEMD_UNIT", unit]);
  else fields.push(["_SYSTEMD_USER_UNIT", unit], ["_SYSTEMD_OWNER_UID", String(options.userUnitOf)]);
  if (options.slice !== undefined) fields.push([scope === "system" ? "_SYSTEMD_SLICE" : "_SYSTEMD_USER_SLICE", options.slice]);
  if (invocation !== "") fields.push(["_SYSTEMD_INVOCATION_ID", invocation]);
  for (const extra of context.logExtraFields ?? []) {
    const at = extra.indexOf("=");
    if (at > 0) fields.push([extra.slice(0, at), extra.slice(at + 1)]);
  }
  const lines = fields.map(([name, value]) => `${name}=${value.replaceAll("\n", " ")}\n`);
  lines.push(`.level-prefix=${context.syslogLevelPrefix === false ? 0 : 1}\n`, `.console=${options.console ? 1 : 0}\n`);
  return lines.join("");
}
