// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

export const jobInterface: InterfaceDeclaration = {
  name: "org.freedesktop.systemd1.Job",
  methods: {
    Cancel: { in: [], out: [] },
    GetAfter: { in: [], out: [["jobs", "a(usssoo)"]] },
    GetBefore: { in: [], out: [["jobs", "a(usssoo)"]] },
  },
  properties: {
    Id: { signature: "u", emits: "const" },
    Unit: { signature: "(so)", emits: "const" },
    JobType: { signature: "s", emits: "const" },
    State: { signature: "s", emits: "true" },
    ActivationDetails: { signature: "a(ss)", emits: "const" },
  },
  signals: {},
};
