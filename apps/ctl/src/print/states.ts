/** Dots and colours of states. */
import { highlightGreen, highlightRed, highlightYellow } from "./terminal.ts";

const glyphs: { readonly [state: string]: string } = {
  active: "●",
  reloading: "↻",
  inactive: "○",
  failed: "×",
  activating: "●",
  deactivating: "●",
  maintenance: "○",
};

type Paint = (text: string) => string;
const none: Paint = (text) => text;

/** How a unit's state is coloured: green where it is up, red where it failed. */
export function statePaint(state: string): Paint {
  if (state === "failed") return highlightRed;
  return state === "active" || state === "reloading" ? highlightGreen : none;
}

/** A unit's state as a dot with its colour. */
export function stateDot(state: string): string {
  return statePaint(state)(glyphs[state] ?? "●");
}

/** How a unit file's state is coloured. */
export function fileStatePaint(state: string): Paint {
  if (/^(enabled|enabled-runtime|static|alias|linked|linked-runtime|indirect|generated|transient)$/.test(state))
    return highlightGreen;
  if (state === "masked" || state === "masked-runtime" || state === "bad") return highlightRed;
  return state === "disabled" ? highlightYellow : none;
}

/** Whether a preset has any bearing on a file in this state (not on those that have no [Install], or are not files). */
export function presetMatters(state: string): boolean {
  return !["alias", "static", "generated", "transient"].includes(state);
}

/** The manager's state: green, yellow while starting, red when degraded. */
export function systemStatePaint(state: string): Paint {
  if (state === "running") return highlightGreen;
  return state === "degraded" || state === "maintenance" ? highlightRed : highlightYellow;
}
