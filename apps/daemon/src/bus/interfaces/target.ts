// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

export const targetInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Target",
  methods: {},
  properties: {},
  signals: {},
};
