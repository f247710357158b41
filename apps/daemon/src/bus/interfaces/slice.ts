// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";
import { cgroupProperties } from "./cgroup-properties.ts";

export const sliceInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Slice",
  methods: {
    GetProcesses: { in: [], out: [["processes", "a(sus)"]] },
    AttachProcesses: {
      in: [
        ["subcgroup", "s"],
        ["pids", "au"],
      ],
      out: [],
    },
  },
  properties: {
    ...cgroupProperties,
  },
  signals: {},
};
