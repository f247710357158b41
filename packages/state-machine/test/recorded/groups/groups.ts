import type { Behaviour } from "../traces/behaviour.ts";

/** Several units that depend on each other. `@x` stands for the full name of unit x; a step is `VERB @x` or a pause in milliseconds. */
export interface Group {
  readonly name: string;
  readonly units: Readonly<
    Record<
      string,
      {
        readonly unit?: string;
        readonly service?: string;
        readonly main?: Behaviour;
        readonly others?: Readonly<Record<string, Behaviour>>;
      }
    >
  >;
  readonly do: readonly (string | number)[];
}

const ok: Behaviour = { exit: 0 };
const fails: Behaviour = { exit: 1 };
const lives: Behaviour = {};
const crashes: Behaviour = { endMs: 500, signal: "KILL" };
const once = "Type=oneshot";
const stays = "Type=oneshot\nRemainAfterExit=yes";
const slow: Behaviour = { endMs: 400, exit: 0 };

/** A daemon and what stands on it, tied by one dependency; `After=` besides. */
function pair(
  name: string,
  tie: string,
  base: Partial<Group["units"][string]>,
  steps: readonly (string | number)[],
  top: Partial<Group["units"][string]> = {},
): Group {
  return {
    name,
    units: { base: { main: lives, ...base }, top: { main: lives, ...top, unit: `${tie}\n${top.unit ?? ""}` } },
    do: steps,
  };
}

const ordered = (kind: string): string => `${kind}=@base\nAfter=@base`;

export const groups: readonly Group[] = [
  ...["Requires", "Wants", "BindsTo", "PartOf", "Requisite"].flatMap((kind) => [
    pair(`${kind}: start the top`, ordered(kind), {}, ["start @top", 200]),
    pair(`${kind}: the base fails to start`, ordered(kind), { service: once, main: fails }, ["start @top", 300]),
    pair(`${kind}: the base is a oneshot that ends`, ordered(kind), { service: once, main: ok }, ["start @top", 300]),
    pair(`${kind}: the base is stopped`, ordered(kind), {}, ["start @base", "start @top", 200, "stop @base", 300]),
    pair(`${kind}: the base is restarted`, ordered(kind), {}, ["start @base", "start @top", 200, "restart @base", 300]),
    pair(`${kind}: the base crashes`, ordered(kind), { main: crashes }, ["start @base", "start @top", 800]),
    pair(
      `${kind}: the base crashes and is restarted`,
      ordered(kind),
      {
        main: { endMs: 700, signal: "KILL" },
        service: "Restart=on-failure\nRestartSec=200ms",
        unit: "StartLimitBurst=2\nStartLimitIntervalSec=60",
      },
      ["start @base", "start @top", 2600],
    ),
    pair(`${kind}: the base does not exist`, `${kind}=@nothing\nAfter=@nothing`, {}, ["start @top", 300]),
    pair(`${kind}: the base is skipped by its condition`, ordered(kind), { unit: "ConditionPathExists=/nonexistent" }, [
      "start @top",
      300,
    ]),
    pair(
      `${kind} without After=: the base fails to start`,
      `${kind}=@base`,
      { service: once, main: { endMs: 300, exit: 1 } },
      ["start @top", 700],
    ),
    pair(`${kind} without After=: the base crashes`, `${kind}=@base`, { main: crashes }, [
      "start @base",
      "start @top",
      800,
    ]),
  ]),
  pair("Conflicts: start the one stops the other", "Conflicts=@base", {}, ["start @base", 200, "start @top", 300]),
  pair("Conflicts and After: start the one stops the other first", ordered("Conflicts"), {}, [
    "start @base",
    200,
    "start @top",
    300,
  ]),
  pair("Conflicts: start the other stops the one", "Conflicts=@base", {}, ["start @top", 200, "start @base", 300]),
  pair("OnFailure", "OnFailure=@base", { service: once, main: ok }, ["start @top", 600], {
    main: { endMs: 200, exit: 1 },
  }),
  pair("OnFailure with Restart=", "OnFailure=@base", { service: once, main: ok }, ["start @top", 2000], {
    main: { endMs: 100, exit: 1 },
    service: "Restart=on-failure\nRestartSec=100ms",
    unit: "StartLimitBurst=3\nStartLimitIntervalSec=60",
  }),
  pair(
    "OnFailure of a dependency that failed",
    "OnFailure=@base\nRequires=@need\nAfter=@need",
    { service: once, main: ok },
    ["start @top", 300],
  ),
  pair("OnSuccess", "OnSuccess=@base", { service: once, main: ok }, ["start @top", 600], {
    main: { endMs: 200, exit: 0 },
  }),
  pair("OnSuccess of a oneshot", "OnSuccess=@base", { service: once, main: ok }, ["start @top", 400], {
    main: ok,
    service: once,
  }),
  pair("OnSuccess after a stop by hand", "OnSuccess=@base", { service: once, main: ok }, [
    "start @top",
    200,
    "stop @top",
    300,
  ]),
  pair("PropagatesStopTo", "PropagatesStopTo=@base", {}, ["start @base", "start @top", 200, "stop @top", 300]),
  pair("PropagatesStopTo, and it ends by itself", "PropagatesStopTo=@base", {}, ["start @base", "start @top", 800], {
    main: { endMs: 300, exit: 0 },
  }),
  pair("StopPropagatedFrom", "StopPropagatedFrom=@base", {}, ["start @base", "start @top", 200, "stop @base", 300]),
  pair(
    "PropagatesReloadTo",
    "PropagatesReloadTo=@base",
    { others: { ExecReload: ok } },
    ["start @base", "start @top", 200, "reload @top", 300],
    { others: { ExecReload: ok } },
  ),
  pair(
    "PropagatesReloadTo, and the other is down",
    "PropagatesReloadTo=@base",
    { others: { ExecReload: ok } },
    ["start @top", 200, "reload @top", 300],
    { others: { ExecReload: ok } },
  ),
  pair(
    "ReloadPropagatedFrom",
    "ReloadPropagatedFrom=@base",
    { others: { ExecReload: ok } },
    ["start @base", "start @top", 200, "reload @base", 300],
    { others: { ExecReload: ok } },
  ),
  pair(
    "Upholds",
    "Upholds=@base",
    { main: { endMs: 500, exit: 0 }, unit: "StartLimitBurst=2\nStartLimitIntervalSec=60" },
    ["start @top", 2500],
  ),
  pair("Upholds, and the base is stopped by hand", "Upholds=@base", {}, ["start @top", 200, "stop @base", 400]),
  pair("Upholds, and the top goes", "Upholds=@base", {}, ["start @top", 200, "stop @top", 300]),
  pair("StopWhenUnneeded: the top is stopped", ordered("Wants"), { unit: "StopWhenUnneeded=yes" }, [
    "start @top",
    200,
    "stop @top",
    400,
  ]),
  pair(
    "StopWhenUnneeded: the top crashes",
    ordered("Requires"),
    { unit: "StopWhenUnneeded=yes" },
    ["start @top", 1200],
    { main: crashes },
  ),
  pair("StopWhenUnneeded: started by hand", ordered("Wants"), { unit: "StopWhenUnneeded=yes" }, ["start @base", 400]),
  pair("Requires: stop the top, then the base", ordered("Requires"), {}, [
    "start @top",
    200,
    "stop @top",
    200,
    "stop @base",
    200,
  ]),
  pair("Before: the base waits for the top", "Before=@base\nWants=@base", { main: lives }, ["start @top", 900], {
    service: once,
    main: slow,
  }),
  pair("a slow base is waited for", ordered("Wants"), { service: stays, main: slow }, ["start @top", 300]),
  pair("stop in the reverse order", ordered("Requires"), {}, ["start @top", 200, "stop @base", 600], {
    others: { ExecStop: slow },
  }),
  pair(
    "restart in order",
    ordered("Requires"),
    { others: { ExecStop: slow } },
    ["start @top", 200, "restart @base", 600],
    { others: { ExecStop: slow } },
  ),
  pair(
    "stop of the base while the top starts",
    ordered("Requires"),
    {},
    ["start --no-block @top", 300, "stop @base", 400],
    { service: "Type=notify" },
  ),
  pair("start of the top while the base is stopping", ordered("Requires"), { others: { ExecStop: slow } }, [
    "start @base",
    200,
    "stop --no-block @base",
    100,
    "start @top",
    300,
  ]),
  pair("start --job-mode=fail against a stop", ordered("Requires"), { others: { ExecStop: slow } }, [
    "start @base",
    200,
    "stop --no-block @base",
    100,
    "start --job-mode=fail @top",
    700,
  ]),
  pair("start --job-mode=ignore-dependencies", ordered("Requires"), {}, [
    "start --job-mode=ignore-dependencies @top",
    300,
  ]),
  pair("start --job-mode=ignore-requirements", ordered("Requires"), { service: once, main: slow }, [
    "start --job-mode=ignore-requirements @top",
    300,
  ]),
  pair("the base times out", ordered("Requires"), { service: "Type=notify\nTimeoutStartSec=1" }, ["start @top", 300]),
  pair("the job of the base times out", ordered("Requires"), { service: "Type=notify", unit: "JobTimeoutSec=1" }, [
    "start @top",
    300,
  ]),
  {
    name: "three in a row, started by the last",
    units: {
      a: { main: slow, service: stays },
      b: { main: slow, service: stays, unit: "Requires=@a\nAfter=@a" },
      c: { main: lives, unit: "Requires=@b\nAfter=@b" },
    },
    do: ["start @c", 200, "stop @a", 400],
  },
  {
    name: "three in a row, and the first fails",
    units: {
      a: { main: fails, service: once },
      b: { main: slow, service: stays, unit: "Requires=@a\nAfter=@a" },
      c: { main: lives, unit: "Requires=@b\nAfter=@b" },
    },
    do: ["start @c", 300],
  },
  {
    name: "two need one that fails, one of them only wants it",
    units: {
      a: { main: { endMs: 200, exit: 1 }, service: once },
      b: { main: lives, unit: "Requires=@a\nAfter=@a" },
      c: { main: lives, unit: "Wants=@a @b\nAfter=@a" },
    },
    do: ["start @c", 300],
  },
  {
    name: "ordering in a circle is broken",
    units: {
      a: { main: lives, unit: "Wants=@b\nAfter=@b" },
      b: { main: lives, unit: "Wants=@c\nAfter=@c" },
      c: { main: lives, unit: "After=@a" },
    },
    do: ["start @a", 300],
  },
  {
    name: "what two require stays until it is stopped",
    units: {
      a: { main: lives, unit: "StopWhenUnneeded=yes" },
      b: { main: lives, unit: "Requires=@a\nAfter=@a" },
      c: { main: lives, unit: "Requires=@a\nAfter=@a" },
    },
    do: ["start @b", "start @c", 200, "stop @b", 300, "stop @c", 300],
  },
];

/** The full name of a group's unit. */
export const fullName = (group: number, unit: string): string => `g-${group}-${unit}.service`;

export const resolve = (group: number, text: string): string =>
  text.replace(/@(\w+)/g, (_, unit: string) => fullName(group, unit));

/** The unit file; `command` names what each command runs. */
export function groupText(group: number, of: Group["units"][string], command: (directive: string) => string): string {
  const commands = ["ExecStart", ...Object.keys(of.others ?? {})].map((d) => `${d}=${command(d)}`);
  return resolve(group, ["[Unit]", of.unit ?? "", "[Service]", ...commands, of.service ?? "", ""].join("\n"));
}
