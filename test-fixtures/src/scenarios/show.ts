/** What `systemctl show` says of a unit, as far as it is the same each time. */
const asIs = [
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "ReloadResult",
  "CleanResult",
  "NRestarts",
  "ExecMainCode",
  "ExecMainStatus",
  "StatusText",
  "StatusErrno",
  "ConditionResult",
  "AssertResult",
  "NAccepted",
  "NConnections",
  "NRefused",
  "NFileDescriptorStore",
];
/** Numbers of which only counts whether there is one. */
const whetherSet = [
  "MainPID",
  "ControlPID",
  "ExecMainPID",
  "ExecMainStartTimestampMonotonic",
  "ExecMainExitTimestampMonotonic",
  "LastTriggerUSecMonotonic",
  "ActiveEnterTimestampMonotonic",
  "ActiveExitTimestampMonotonic",
  "InactiveEnterTimestampMonotonic",
  "InactiveExitTimestampMonotonic",
];

export function showUnit(properties: ReadonlyMap<string, unknown>): string {
  const set = (name: string): string[] => {
    const value = properties.get(name);
    return value === undefined
      ? []
      : [`${name.replace(/Monotonic$/, "")}=${value === 0 || value === 0n ? "-" : "set"}`];
  };
  return [
    ...asIs.filter((name) => properties.has(name)).map((name) => `${name}=${properties.get(name)}`),
    ...whetherSet.flatMap(set),
  ].join(" ");
}
