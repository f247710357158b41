// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

export const logControl1Interface: InterfaceDeclaration = {
  name: "org.freedesktop.LogControl1",
  methods: {},
  properties: {
    LogLevel: { signature: "s", emits: "false", writable: true },
    LogTarget: { signature: "s", emits: "false", writable: true },
    SyslogIdentifier: { signature: "s", emits: "false" },
  },
  signals: {},
};
