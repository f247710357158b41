import { swapPriority } from "../values/activation.ts";
import { path } from "../values/paths.ts";
import { boolean, choice, mode, text, timeout, timespan, unsigned } from "../values/scalars.ts";
import { set } from "./table.ts";

/** [Mount]: systemd.mount(5), without what it shares with other sections. */
export const mountTable = {
  man: "systemd.mount(5)",
  settings: {
    What: set(text),
    Where: set(path(), { property: null }),
    Type: set(text),
    Options: set(text),
    SloppyOptions: set(boolean(false)),
    LazyUnmount: set(boolean(false)),
    ForceUnmount: set(boolean(false)),
    ReadWriteOnly: set(boolean(false)),
    DirectoryMode: set(mode(0o755)),
    TimeoutSec: set(timeout(90_000_000), { initial: (f) => f.defaults.timeoutStartUsec }),
  },
  others: {},
} as const;

/** [Automount]: systemd.automount(5). */
export const automountTable = {
  man: "systemd.automount(5)",
  settings: {
    Where: set(path(), { property: null }),
    ExtraOptions: set(text),
    DirectoryMode: set(mode(0o755)),
    TimeoutIdleSec: set(timeout(0)),
  },
  others: {},
} as const;

/** [Swap]: systemd.swap(5), without what it shares with other sections. */
export const swapTable = {
  man: "systemd.swap(5)",
  settings: {
    What: set(path()),
    Priority: set(swapPriority),
    Options: set(text),
    TimeoutSec: set(timeout(90_000_000), { initial: (f) => f.defaults.timeoutStartUsec }),
  },
  others: {},
} as const;

/** [Slice]: systemd.slice(5); all that 252 knows is shared with other sections. */
export const sliceTable = {
  man: "systemd.slice(5)",
  settings: {
    ConcurrencyHardMax: set(unsigned(4294967295), { since: 258 }),
    ConcurrencySoftMax: set(unsigned(4294967295), { since: 258 }),
  },
  others: {},
} as const;

/** [Scope]: systemd.scope(5), without what it shares with other sections. */
export const scopeTable = {
  man: "systemd.scope(5)",
  settings: {
    RuntimeMaxSec: set(timespan(Number.POSITIVE_INFINITY)),
    RuntimeRandomizedExtraSec: set(timespan(0)),
    TimeoutStopSec: set(timespan(90_000_000), { initial: (f) => f.defaults.timeoutStopUsec }),
    /** Empty where nothing is set: the manager's default, or continue where Delegate= is on. */
    OOMPolicy: set(choice("OOM policy", ["", "continue", "stop", "kill"], "")),
  },
  others: {},
} as const;
