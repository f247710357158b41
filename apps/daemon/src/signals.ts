/**
 * What the manager does on a signal, systemd(1) "Signals". As PID 1 of a container SIGTERM means an orderly end, as every
 * container runtime expects; systemd itself would re-execute.
 */
export type SignalAction =
  | { readonly kind: "target"; readonly target: string; readonly mode: "replace" | "replace-irreversibly" | "isolate" }
  | { readonly kind: "reload" }
  | { readonly kind: "reexecute" }
  | { readonly kind: "hasten" }
  | { readonly kind: "ignore" };

const sigrtmin = 34;

const target = (
  name: string,
  mode: "replace" | "replace-irreversibly" | "isolate" = "replace-irreversibly",
): SignalAction => ({ kind: "target", target: name, mode });

const realtime: Readonly<Record<number, SignalAction>> = {
  0: target("default.target", "isolate"),
  1: target("rescue.target", "isolate"),
  2: target("emergency.target", "isolate"),
  3: target("halt.target"),
  4: target("poweroff.target"),
  5: target("reboot.target"),
  6: target("kexec.target"),
  13: target("halt.target"),
  14: target("poweroff.target"),
  15: target("reboot.target"),
  16: target("kexec.target"),
  24: target("exit.target"),
  25: { kind: "reexecute" },
};

/** `stopping`: an end was asked for already, so that a second SIGINT or SIGTERM hastens it. */
export function signalAction(signal: number, options: { readonly stopping: boolean }): SignalAction {
  switch (signal) {
    case 1:
      return { kind: "reload" };
    case 2:
    case 15:
      return options.stopping ? { kind: "hasten" } : target("exit.target");
    case 30:
      return target("poweroff.target");
    default:
      return realtime[signal - sigrtmin] ?? { kind: "ignore" };
  }
}
