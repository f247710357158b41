import type { Instance } from "../harness.ts";
import { type PathScenario, pathScenarios } from "./scenarios.ts";

/** What became of a scenario: a line for its start and for each step. */
export type PathStory = readonly string[];

const room = "/run/paths";
const nameOf = (index: number): string => `p-${index}`;

/** Unit files of all scenarios, and of the fence behind which each step is looked at. */
export function pathUnits(): Readonly<Record<string, string>> {
  const units: Record<string, string> = {
    "fence.path": `[Path]\nPathChanged=${room}/fence\n`,
    // Holds all in memory: systemd forgets a unit that is done, with how often it was started.
    "pin.target": `[Unit]\n${pathScenarios.map((_, index) => `After=${nameOf(index)}.path ${nameOf(index)}.service\n`).join("")}`,
    "fence.service": `[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo >> ${room}/fences'\n`,
  };
  for (const [index, s] of pathScenarios.entries()) {
    const name = nameOf(index);
    const inside = (text: string): string => text.replaceAll("W/", `${room}/${index}/`);
    const does = `echo >> ${room}/${index}.runs; ${inside(s.does ?? "true")}`;
    const service = ["Type=oneshot", ...(s.service ?? []), `ExecStart=/bin/sh -c '${does}'`];
    units[`${name}.path`] = ["[Path]", ...s.path.map(inside), ""].join("\n");
    units[`${name}.service`] = ["[Unit]", ...(s.unit ?? []), "[Service]", ...service, ""].join("\n");
  }
  return units;
}

/**
 * Waits until what was done has had its effect. One manager takes what happens to files in order, so when the fence's unit has run,
 * all before it is known; and then until the unit is at rest, or runs on. Twice, because a unit's end may be the next cause.
 */
const settle = `
state() { systemctl show -P SubState "$1"; }
fence() {
  local had n=0; had=$(wc -l < ${room}/fences)
  until [ "$(state fence.path)" = waiting ]; do sleep 0.02; done
  until [ "$(wc -l < ${room}/fences)" -gt "$had" ]; do
    [ $((n++ % 100)) != 0 ] || echo >> ${room}/fence
    sleep 0.02
  done
  until [ "$(state fence.path)" = waiting ]; do sleep 0.02; done
}
rest() {
  until [ -z "$(systemctl list-jobs --no-legend "$1.*")" ] && case $(state "$1.service") in dead | failed | running) true ;; *) false ;; esac; do sleep 0.02; done
}
put() { echo x > ${room}/put; mv ${room}/put "$1"; }
settle() { fence; rest "$1"; fence; rest "$1"; }
`;

function script(s: PathScenario, index: number): string {
  const name = nameOf(index);
  const look = `settle ${name}
printf '%s/%s %s/%s %s\\n' "$(systemctl show -P ActiveState ${name}.path)" "$(state ${name}.path)" "$(systemctl show -P Result ${name}.path)" "$(state ${name}.service)" "$([ -e ${room}/${index}.runs ] && wc -l < ${room}/${index}.runs || echo 0)"`;
  const step = (text: string): string => {
    const whole = text.replaceAll("@path", `${name}.path`).replaceAll("@service", `${name}.service`);
    const command = /^(start|stop|restart|reset-failed|daemon-reload)\b/.test(text) ? `systemctl ${whole}` : whole;
    return `{ ${command.replace(/; reset-failed/g, "; systemctl reset-failed")}; } 2>${room}/said >/dev/null\ncat ${room}/said | grep -v systemctl | grep -v '^Job for\\|^See\\|^Failed to' | sed 's/^/: /'\n${look}`;
  };
  return [settle, `mkdir -p ${room}/${index}; cd ${room}/${index}`, s.before ?? "", ...s.steps.map(step)].join("\n");
}

/** Plays a scenario on a machine that has the units and a fence that is up. */
export async function playPaths(machine: Instance, index: number): Promise<PathStory> {
  const s = pathScenarios[index] as PathScenario;
  const { stdout, stderr } = await machine.exec("bash", "--norc", "-c", script(s, index));
  const lines = stdout.trimEnd().split("\n");
  if (stderr.trim() !== "") lines.push(stderr.trim());
  // How often it ran: whether it ran more often than at the step before, where the number itself is chance.
  return s.uncounted
    ? lines.map((line) => line.replace(/ (\d+)$/, (_, n: string) => (n === "0" ? " 0" : " n")))
    : lines;
}

/** Raises the fence. */
export async function beginPaths(machine: Instance): Promise<void> {
  const begun = await machine.exec(
    "bash",
    "--norc",
    "-c",
    `mkdir -p ${room}; touch ${room}/fence ${room}/fences; systemctl start fence.path pin.target`,
  );
  if (begun.code !== 0) throw new Error(`no fence: ${begun.stderr}`);
}
