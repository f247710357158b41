import type { Effect, Event } from "@steward/state-machine";
import type { World } from "./world.ts";

function words(value: object, without: readonly string[]): string {
  return Object.entries(value)
    .filter(([key, v]) => !without.includes(key) && v !== undefined)
    .map(([key, v]) => `${key}=${typeof v === "object" ? JSON.stringify(v) : v}`)
    .join(" ");
}

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case "log":
      return `log <${effect.line.priority}> ${effect.line.message}`;
    case "jobNew":
      return `jobNew ${effect.job.id} ${effect.job.unit}/${effect.job.type}`;
    case "jobRemoved":
      return `jobRemoved ${effect.job.id} ${effect.job.unit}/${effect.job.type} ${effect.result}`;
    case "spawn":
      return `spawn ${effect.unit} ${effect.command.directive}[${effect.command.index}] as ${effect.token} (${effect.role})${fdsText(effect.fds)}`;
    default:
      return `${effect.kind} ${words(effect, ["kind"])}`;
  }
}

function fdsText(fds: Extract<Effect, { kind: "spawn" }>["fds"]): string {
  return fds === undefined ? "" : ` with ${fds.map(({ id, name }) => `${name}=${id}`).join(" ")}`;
}

function eventText(event: Event): string {
  const without = ["kind", "now", "usage", "fields", ...(event.kind === "load" ? ["units"] : [])];
  return `${event.kind} ${words(event, without)}${event.kind === "notify" ? ` ${event.fields.map((f) => f.join("=")).join(" ")}` : ""}`;
}

/** Writes down what a world lives through: the time, the event, the states that changed, the effects. */
export function transcribe(world: World): readonly string[] {
  const lines: string[] = [];
  const states = new Map<string, string>();
  world.watch((event, { effects, changed }) => {
    lines.push(`${(event.now.monotonicUsec / 1_000).toFixed(2)} ms: ${eventText(event)}`);
    for (const effect of effects) if (effect.kind !== "unitChanged") lines.push(`    ${effectText(effect)}`);
    for (const unit of changed.units) {
      const state = world.stateOf(unit);
      if (states.get(unit) !== state) lines.push(`  ${unit}: ${state}`);
      states.set(unit, state);
    }
  });
  return lines;
}
