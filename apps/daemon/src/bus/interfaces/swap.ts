// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";
import { cgroupProperties } from "./cgroup-properties.ts";
import { execProperties } from "./exec-properties.ts";
import { killProperties } from "./kill-properties.ts";

export const swapInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Swap",
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
    What: { signature: "s", emits: "true" },
    Priority: { signature: "i", emits: "true" },
    Options: { signature: "s", emits: "true" },
    TimeoutUSec: { signature: "t", emits: "const" },
    ControlPID: { signature: "u", emits: "true" },
    Result: { signature: "s", emits: "true" },
    UID: { signature: "u", emits: "true" },
    GID: { signature: "u", emits: "true" },
    ExecActivate: { signature: "a(sasbttttuii)", emits: "invalidates" },
    ExecDeactivate: { signature: "a(sasbttttuii)", emits: "invalidates" },
    ...cgroupProperties,
    ...execProperties,
    ...killProperties,
  },
  signals: {},
};
