import type { Kind } from "./kind.ts";
import { forEachWord } from "./lists.ts";
import { parseBoolean } from "./numbers.ts";

const controllers = [
  "cpu",
  "cpuacct",
  "cpuset",
  "io",
  "blkio",
  "memory",
  "devices",
  "pids",
  "bpf-firewall",
  "bpf-devices",
  "bpf-foreign",
  "bpf-socket-bind",
  "bpf-restrict-network-interfaces",
];

/** What Delegate=yes hands over. */
const delegated = ["cpu", "cpuset", "io", "memory", "pids"];

/** Delegate=: everything, nothing, or some controllers by name. */
export interface Delegate {
  readonly on: boolean;
  readonly controllers: readonly string[];
}

export const delegate: Kind<Delegate> = {
  name: "boolean or list of controllers",
  signature: "b",
  repeats: "adds",
  initial: { on: false, controllers: [] },
  choices: ["yes", "no", ...controllers],
  assign(previous, a) {
    if (a.value === "") return { on: true, controllers: [] };
    const flag = parseBoolean(a.value);
    if (flag !== undefined) return { on: flag, controllers: flag ? delegated : [] };
    const found = new Set(previous.controllers);
    forEachWord(a, { unquote: true }, (word) => {
      if (controllers.includes(word)) found.add(word);
      else a.warn(`Invalid controller name '${word}', ignoring`);
    });
    return { on: true, controllers: controllers.filter((c) => found.has(c)) };
  },
  toBus: (v) => v.on,
};

/** DisableControllers=: controllers by name, which assignments add to. */
export const disableControllers: Kind<readonly string[]> = {
  name: "list of controllers",
  signature: "as",
  repeats: "adds",
  initial: [],
  choices: controllers,
  assign(previous, a) {
    if (a.value === "") return [];
    const found = new Set(previous);
    let wrong = false;
    forEachWord(a, {}, (word) => {
      if (controllers.includes(word)) found.add(word);
      else wrong = true;
    });
    if (!wrong) return controllers.filter((c) => found.has(c));
    a.warn(`Invalid cgroup string: ${a.value}, ignoring`);
    return previous;
  },
  toBus: (v) => v,
};
