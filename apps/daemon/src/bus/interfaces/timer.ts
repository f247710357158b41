// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

export const timerInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Timer",
  methods: {},
  properties: {
    Unit: { signature: "s", emits: "const" },
    TimersMonotonic: { signature: "a(stt)", emits: "invalidates" },
    TimersCalendar: { signature: "a(sst)", emits: "invalidates" },
    OnClockChange: { signature: "b", emits: "const" },
    OnTimezoneChange: { signature: "b", emits: "const" },
    NextElapseUSecRealtime: { signature: "t", emits: "true" },
    NextElapseUSecMonotonic: { signature: "t", emits: "true" },
    LastTriggerUSec: { signature: "t", emits: "true" },
    LastTriggerUSecMonotonic: { signature: "t", emits: "true" },
    Result: { signature: "s", emits: "true" },
    AccuracyUSec: { signature: "t", emits: "const" },
    RandomizedDelayUSec: { signature: "t", emits: "const" },
    FixedRandomDelay: { signature: "b", emits: "const" },
    Persistent: { signature: "b", emits: "const" },
    WakeSystem: { signature: "b", emits: "const" },
    RemainAfterElapse: { signature: "b", emits: "const" },
  },
  signals: {},
};
