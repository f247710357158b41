// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";
import { cgroupProperties } from "./cgroup-properties.ts";
import { execProperties } from "./exec-properties.ts";
import { killProperties } from "./kill-properties.ts";

export const mountInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Mount",
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
    Where: { signature: "s", emits: "const" },
    What: { signature: "s", emits: "true" },
    Options: { signature: "s", emits: "true" },
    Type: { signature: "s", emits: "true" },
    TimeoutUSec: { signature: "t", emits: "const" },
    ControlPID: { signature: "u", emits: "true" },
    DirectoryMode: { signature: "u", emits: "const" },
    SloppyOptions: { signature: "b", emits: "const" },
    LazyUnmount: { signature: "b", emits: "const" },
    ForceUnmount: { signature: "b", emits: "const" },
    ReadWriteOnly: { signature: "b", emits: "const" },
    Result: { signature: "s", emits: "true" },
    UID: { signature: "u", emits: "true" },
    GID: { signature: "u", emits: "true" },
    ExecMount: { signature: "a(sasbttttuii)", emits: "invalidates" },
    ExecUnmount: { signature: "a(sasbttttuii)", emits: "invalidates" },
    ExecRemount: { signature: "a(sasbttttuii)", emits: "invalidates" },
    ...cgroupProperties,
    ...execProperties,
    ...killProperties,
  },
  signals: {},
};
