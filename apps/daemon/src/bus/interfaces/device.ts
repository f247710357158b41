// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

export const deviceInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Device",
  methods: {},
  properties: {
    SysFSPath: { signature: "s", emits: "true" },
  },
  signals: {},
};
