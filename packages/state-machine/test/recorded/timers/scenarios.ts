import type { Behaviour } from "../traces/behaviour.ts";

/**
 * One timer with its service. A step is "VERB" (for the timer), "VERB service", "daemon-reload", "zone NAME" (/etc/localtime leads
 * there), or a pause in milliseconds.
 */
export interface Scenario {
  readonly name: string;
  readonly timer: readonly string[];
  readonly service?: readonly string[];
  readonly unit?: readonly string[];
  readonly main?: Behaviour;
  /** The stamp file's time when the timer is started, in seconds from then. */
  readonly stamp?: number;
  readonly do: readonly (string | number)[];
}

const oneshot = ["Type=oneshot"];
const quick: Behaviour = { endMs: 200, exit: 0 };
const slow: Behaviour = { endMs: 800, exit: 0 };
const lives: Behaviour = {};

const once = (name: string, timer: readonly string[], steps: readonly (string | number)[], main = quick): Scenario => ({
  name,
  timer,
  service: oneshot,
  main,
  do: steps,
});

export const scenarios: readonly Scenario[] = [
  once("OnActiveSec=", ["OnActiveSec=300ms"], ["start", 1000]),
  once("OnActiveSec=, not remaining", ["OnActiveSec=300ms", "RemainAfterElapse=no"], ["start", 1000]),
  once("OnActiveSec= twice", ["OnActiveSec=300ms", "OnActiveSec=1s"], ["start", 1600]),
  once("OnUnitActiveSec= repeats", ["OnActiveSec=300ms", "OnUnitActiveSec=1s"], ["start", 1900, "stop", 200]),
  once("OnUnitInactiveSec= repeats", ["OnActiveSec=300ms", "OnUnitInactiveSec=800ms"], ["start", 1900, "stop", 200]),
  once(
    "OnUnitActiveSec= repeats, not remaining",
    ["OnActiveSec=300ms", "OnUnitActiveSec=1s", "RemainAfterElapse=no"],
    ["start", 800, "stop"],
  ),
  once("OnUnitActiveSec= alone", ["OnUnitActiveSec=1h"], ["start", 300]),
  once("OnUnitActiveSec= alone, not remaining", ["OnUnitActiveSec=1h", "RemainAfterElapse=no"], ["start", 300]),
  once(
    "OnUnitActiveSec=, the unit is started by hand",
    ["OnUnitActiveSec=1s"],
    ["start", 200, "start service", 400, "stop"],
  ),
  once(
    "OnUnitInactiveSec=, the unit is started by hand",
    ["OnUnitInactiveSec=500ms"],
    ["start", 200, "start service", 900, "stop", 200],
  ),
  once("OnStartupSec= is over", ["OnStartupSec=1s"], ["start", 600]),
  once("OnBootSec= is over", ["OnBootSec=1s"], ["start", 600]),
  once("OnStartupSec= is over, not remaining", ["OnStartupSec=1s", "RemainAfterElapse=no"], ["start", 600]),
  once("OnStartupSec= is over, started again", ["OnStartupSec=1s"], ["start", 600, "stop", "start", 600]),
  once("OnCalendar= is over", ["OnCalendar=2020-01-01"], ["start", 300]),
  once("OnCalendar= is over, not remaining", ["OnCalendar=2020-01-01", "RemainAfterElapse=no"], ["start", 300]),
  once("OnCalendar= is far", ["OnCalendar=2099-01-01"], ["start", 300]),
  once("OnCalendar= is far, stopped", ["OnCalendar=2099-01-01"], ["start", 300, "stop"]),
  once("both clocks", ["OnActiveSec=300ms", "OnCalendar=2099-01-01"], ["start", 1000]),
  once("a random delay", ["OnActiveSec=300ms", "RandomizedDelaySec=200ms"], ["start", 1200]),
  once("the unit fails", ["OnActiveSec=300ms"], ["start", 1000], { endMs: 200, exit: 1 }),
  once("the unit fails and the timer repeats", ["OnActiveSec=300ms", "OnUnitInactiveSec=1s"], ["start", 1000, "stop"], {
    endMs: 200,
    exit: 1,
  }),
  { name: "the unit lives on", timer: ["OnActiveSec=300ms"], main: lives, do: ["start", 800] },
  {
    name: "the unit lives on and is stopped",
    timer: ["OnActiveSec=300ms"],
    main: lives,
    do: ["start", 800, "stop service", 200],
  },
  {
    name: "the unit lives on and is stopped, not remaining",
    timer: ["OnActiveSec=300ms", "RemainAfterElapse=no"],
    main: lives,
    do: ["start", 800, "stop service", 200],
  },
  {
    name: "the unit lives on, the timer is stopped",
    timer: ["OnActiveSec=300ms"],
    main: lives,
    do: ["start", 800, "stop", 200],
  },
  {
    name: "the unit lives on, the timer is restarted",
    timer: ["OnActiveSec=300ms"],
    main: lives,
    do: ["start", 800, "restart", 600],
  },
  {
    name: "the unit lives already",
    timer: ["OnActiveSec=300ms"],
    main: lives,
    do: ["start service", 100, "start", 700],
  },
  {
    name: "the unit lives already and is stopped before",
    timer: ["OnActiveSec=1s"],
    main: lives,
    do: ["start service", 100, "start", 300, "stop service", 1200],
  },
  {
    name: "the unit is restarted by Restart= until its limit",
    timer: ["OnActiveSec=300ms"],
    service: ["Restart=on-failure", "RestartSec=100ms"],
    unit: ["StartLimitBurst=3"],
    main: { endMs: 100, exit: 1 },
    do: ["start", 2000],
  },
  once("elapses while the unit is active", ["OnActiveSec=300ms", "OnActiveSec=700ms"], ["start", 1700], slow),
  once(
    "OnUnitActiveSec= elapses while the unit is active",
    ["OnActiveSec=300ms", "OnUnitActiveSec=500ms"],
    ["start", 1500, "stop", 800],
    slow,
  ),
  once("stopped while the unit runs", ["OnActiveSec=300ms"], ["start", 600, "stop", 1000], slow),
  once("stopped before it elapses", ["OnActiveSec=500ms"], ["start", 100, "stop", 800]),
  once("restarted before it elapses", ["OnActiveSec=800ms"], ["start", 400, "restart", 600, 900]),
  once("restarted after it elapsed", ["OnActiveSec=300ms"], ["start", 1000, "restart", 1000]),
  once("started twice", ["OnActiveSec=300ms"], ["start", "start", 1000]),
  once("started after it elapsed", ["OnActiveSec=300ms"], ["start", 1000, "start", 600]),
  once(
    "started too often",
    ["OnActiveSec=1h"],
    [...["start", "stop", "start", "stop", "start", "stop", "start", "stop", "start", "stop", "start"], 100],
  ),
  once(
    "started too often, and forgiven",
    ["OnActiveSec=1h"],
    [
      ...["start", "stop", "start", "stop", "start", "stop", "start", "stop", "start", "stop", "start"],
      "reset-failed",
      "start",
      100,
    ],
  ),
  once("reset-failed of one that waits", ["OnActiveSec=1h"], ["start", "reset-failed", 100]),
  once("what it triggers is not there", ["OnActiveSec=300ms", "Unit=never-written.service"], ["start", 500]),
  once("nothing to wait for", [], ["start", 100]),
  {
    name: "what it triggers cannot be started",
    timer: ["OnActiveSec=300ms"],
    service: oneshot,
    unit: ["Requires=never-written.service"],
    main: quick,
    do: ["start", 800],
  },
  {
    name: "a condition of the unit does not hold",
    timer: ["OnActiveSec=300ms"],
    service: oneshot,
    unit: ["ConditionPathExists=/nonexistent"],
    main: quick,
    do: ["start", 800],
  },
  {
    name: "a condition of the unit does not hold, repeatedly",
    timer: ["OnActiveSec=300ms", "OnUnitActiveSec=1s"],
    service: oneshot,
    unit: ["ConditionPathExists=/nonexistent"],
    main: quick,
    do: ["start", 800, "stop"],
  },
  {
    name: "an assertion of the unit does not hold",
    timer: ["OnActiveSec=300ms"],
    service: oneshot,
    unit: ["AssertPathExists=/nonexistent"],
    main: quick,
    do: ["start", 800],
  },
  once("daemon-reload while it waits", ["OnActiveSec=800ms"], ["start", 200, "daemon-reload", 1200]),
  once("daemon-reload after it elapsed", ["OnActiveSec=300ms"], ["start", 900, "daemon-reload", 300]),
  once("OnClockChange= alone", ["OnClockChange=yes"], ["start", 300]),
  once("OnTimezoneChange=", ["OnTimezoneChange=yes"], ["start", 300, "zone Asia/Tokyo", 800]),
  { ...once("Persistent=, never before", ["OnCalendar=daily", "Persistent=yes"], ["start", 500]) },
  { ...once("Persistent=, missed", ["OnCalendar=daily", "Persistent=yes"], ["start", 700]), stamp: -200_000 },
  { ...once("Persistent=, just been", ["OnCalendar=yearly", "Persistent=yes"], ["start", 500]), stamp: -10 },
  { ...once("Persistent=, to come", ["OnCalendar=daily", "Persistent=yes"], ["start", 500]), stamp: 200_000 },
  {
    ...once(
      "Persistent=, missed, not remaining",
      ["OnCalendar=2020-01-01", "Persistent=yes", "RemainAfterElapse=no"],
      ["start", 700],
    ),
    stamp: -400_000_000,
  },
];

/** The unit files of a scenario. */
export function unitTexts(s: Scenario, name: string, command: string): Readonly<Record<string, string>> {
  return {
    [`${name}.timer`]: ["[Timer]", "AccuracySec=1ms", ...s.timer, ""].join("\n"),
    [`${name}.service`]: [
      ...["[Unit]", ...(s.unit ?? []), "[Service]", `ExecStart=${command}`, ...(s.service ?? []), ""],
    ].join("\n"),
  };
}
