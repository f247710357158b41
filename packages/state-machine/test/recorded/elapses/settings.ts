/** A timer whose next elapses are asked for as soon as it is started. */
export interface Setting {
  readonly timer: readonly string[];
  /** The stamp file's time, in seconds from the start of the timer. */
  readonly stamp?: number;
  /** The service ran once before. */
  readonly ran?: boolean;
}

const day = 86_400;

/** The zones that /etc/localtime leads to, one after the other. */
export const zones = ["Etc/UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"] as const;

export const settings: readonly Setting[] = [
  ...[
    "OnActiveSec=1h",
    "OnActiveSec=0",
    "OnBootSec=3d",
    "OnBootSec=1s",
    "OnStartupSec=2h 30min",
    "OnStartupSec=1s",
  ].map((line) => ({ timer: [line] })),
  { timer: ["OnActiveSec=1h", "OnActiveSec=20min", "OnBootSec=10h", "OnStartupSec=5h"] },
  { timer: ["OnUnitActiveSec=1h"] },
  { timer: ["OnUnitActiveSec=1h"], ran: true },
  { timer: ["OnUnitInactiveSec=1h"], ran: true },
  { timer: ["OnActiveSec=1d", "OnUnitActiveSec=2h", "OnUnitInactiveSec=1h"], ran: true },
  { timer: ["OnActiveSec=1d", "OnUnitActiveSec=2h", "OnUnitInactiveSec=1h"] },
  ...[
    "minutely",
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "yearly",
    "*:0/7",
    "*-*-* 00,06,12,18:30",
    "Mon..Fri 08:15",
    "Sat,Sun *-*-* 23:59:59",
    "*-*-31 12:00",
    "*-02-29",
    "*-*~01 03:00",
    "Mon *-*~07/1",
    "2027-01-01 00:00:00.5",
    "2020-01-01",
    "*-*-* 02:30",
    "*-03-* 02:15",
    "*-10-25..31 01:30:00",
    "*-*-* 04:00 Europe/Berlin",
    "*-*-* 04:00 America/New_York",
    "*-*-* 04:00 UTC",
    "*-*-* *:*:0/20",
  ].map((event) => ({ timer: [`OnCalendar=${event}`] })),
  { timer: ["OnCalendar=daily", "OnCalendar=Mon 08:00", "OnActiveSec=1h", "OnBootSec=4d"] },
  { timer: ["OnCalendar=2020-01-01", "OnActiveSec=1h"] },
  { timer: ["OnCalendar=2020-01-01"] },
  { timer: ["OnCalendar=2020-01-01", "OnClockChange=yes"] },
  { timer: ["OnClockChange=yes"] },
  { timer: ["OnTimezoneChange=yes"] },
  ...[-3 * day, -3600, -60, 3 * day].flatMap((stamp) =>
    ["daily", "weekly", "*-*-* 02:30", "*:0/5"].map((event) => ({
      timer: [`OnCalendar=${event}`, "Persistent=yes"],
      stamp,
    })),
  ),
  { timer: ["OnCalendar=daily", "OnActiveSec=1h", "Persistent=yes"], stamp: -3 * day },
  { timer: ["OnActiveSec=1h", "OnUnitActiveSec=30min", "Persistent=yes"], stamp: -3 * day },
  { timer: ["OnCalendar=daily", "RandomizedDelaySec=1h", "FixedRandomDelay=yes"] },
  { timer: ["OnCalendar=daily", "RandomizedDelaySec=1h", "FixedRandomDelay=yes"] },
  { timer: ["OnCalendar=weekly", "RandomizedDelaySec=1d", "FixedRandomDelay=yes"] },
  { timer: ["OnActiveSec=2h", "RandomizedDelaySec=45min", "FixedRandomDelay=yes"] },
  { timer: ["OnActiveSec=2h", "OnCalendar=monthly", "RandomizedDelaySec=7s", "FixedRandomDelay=yes"] },
  { timer: ["OnCalendar=daily", "RandomizedDelaySec=12h", "FixedRandomDelay=yes", "Persistent=yes"], stamp: -2 * day },
];
