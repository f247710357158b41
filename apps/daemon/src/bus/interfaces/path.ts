// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

export const pathInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Path",
  methods: {},
  properties: {
    Unit: { signature: "s", emits: "const" },
    Paths: { signature: "a(ss)", emits: "const" },
    MakeDirectory: { signature: "b", emits: "const" },
    DirectoryMode: { signature: "u", emits: "const" },
    Result: { signature: "s", emits: "true" },
    TriggerLimitIntervalUSec: { signature: "t", emits: "const" },
    TriggerLimitBurst: { signature: "u", emits: "const" },
  },
  signals: {},
};
