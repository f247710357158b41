// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";
import { cgroupProperties } from "./cgroup-properties.ts";
import { killProperties } from "./kill-properties.ts";

export const scopeInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Scope",
  methods: {
    Abandon: { in: [], out: [] },
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
    Controller: { signature: "s", emits: "true" },
    TimeoutStopUSec: { signature: "t", emits: "const" },
    Result: { signature: "s", emits: "true" },
    RuntimeMaxUSec: { signature: "t", emits: "const" },
    RuntimeRandomizedExtraUSec: { signature: "t", emits: "const" },
    OOMPolicy: { signature: "s", emits: "const" },
    ...cgroupProperties,
    ...killProperties,
  },
  signals: {
    RequestStop: { args: [] },
  },
};
