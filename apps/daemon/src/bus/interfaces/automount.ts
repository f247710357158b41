// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

export const automountInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Automount",
  methods: {},
  properties: {
    Where: { signature: "s", emits: "const" },
    ExtraOptions: { signature: "s", emits: "const" },
    DirectoryMode: { signature: "u", emits: "const" },
    Result: { signature: "s", emits: "true" },
    TimeoutIdleUSec: { signature: "t", emits: "const" },
  },
  signals: {},
};
