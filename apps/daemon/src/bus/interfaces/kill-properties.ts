// Written by generate.mjs from "systemd 252 (252.38-1~deb12u1)"; do not edit.
import type { InterfaceDeclaration } from "@steward/ipc";

/** systemd.kill(5): the same in every type that has them. */
export const killProperties: InterfaceDeclaration["properties"] = {
  KillMode: { signature: "s", emits: "const" },
  KillSignal: { signature: "i", emits: "const" },
  RestartKillSignal: { signature: "i", emits: "const" },
  FinalKillSignal: { signature: "i", emits: "const" },
  SendSIGKILL: { signature: "b", emits: "const" },
  SendSIGHUP: { signature: "b", emits: "const" },
  WatchdogSignal: { signature: "i", emits: "const" },
};
