/** A hundred services and what wakes them: they start, stop, crash, notify and write numbered lines, and tell of each run in /run/seen. */

/** Which units a load consists of; names without their type. */
export interface Load {
  readonly talkers: readonly string[];
  readonly notifiers: readonly string[];
  readonly crashers: readonly string[];
  readonly driven: readonly string[];
  readonly sockets: readonly string[];
  readonly repeating: readonly string[];
  readonly once: readonly string[];
  readonly units: Readonly<Record<string, string>>;
}

const names = (kind: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${kind}${i}`);

export function makeLoad(puppet: string, services: number): Load {
  const part = (share: number): number => Math.max(1, Math.round(services * share));
  const talkers = names("talker", part(0.35));
  const notifiers = names("notifier", part(0.15));
  const crashers = names("crasher", part(0.15));
  const driven = names("driven", part(0.1));
  const sockets = names("sock", part(0.1));
  const repeating = names("tick", part(0.05));
  const once = names("late", part(0.1));
  const units: Record<string, string> = {};
  /** Each run holds a lock and leaves a line: two at the same time, or one too many, are seen. */
  const run = (name: string): string => `${puppet} lock=/run/seen/${name}.lock append=/run/seen/${name}:%%p`;
  const service = (name: string, ...lines: readonly string[]): void => {
    units[`${name}.service`] = ["[Unit]", "StartLimitIntervalSec=0", "[Service]", ...lines, ""].join("\n");
  };
  for (const [i, name] of talkers.entries())
    service(name, `ExecStart=${run(name)} count=${20 + (i % 7) * 15}:${name}-:/run/seen/${name}.count`);
  for (const name of notifiers)
    service(
      name,
      "Type=notify",
      `ExecStart=${run(name)} sleep=100 notify=READY=1\\nSTATUS=up count=50:${name}-:/run/seen/${name}.count`,
    );
  for (const [i, name] of crashers.entries()) {
    const end = i % 3 === 0 ? "exit=1" : i % 3 === 1 ? "raise=9" : "exit=0";
    service(
      name,
      "Restart=always",
      `RestartSec=${50 + (i % 5) * 60}ms`,
      `ExecStart=${run(name)} say=run-%%p sleep=${100 + i * 20} ${end}`,
    );
  }
  for (const name of driven) service(name, `ExecStart=${run(name)} say=run-%%p wait`, `ExecStop=/bin/true`);
  for (const [i, name] of sockets.entries()) {
    const listen = i % 2 === 0 ? `/run/${name}` : `127.0.0.1:${20_000 + i}`;
    units[`${name}.socket`] =
      `[Unit]\nStartLimitIntervalSec=0\n[Socket]\nListenStream=${listen}\nBacklog=1024\nTriggerLimitIntervalSec=0\n`;
    // Serves a few and ends, so that it is activated again and again.
    service(name, `ExecStart=${run(name)} accept=hello accept=hello accept=hello`);
  }
  for (const [i, name] of repeating.entries()) {
    units[`${name}.timer`] = `[Timer]\nOnActiveSec=100ms\nOnUnitInactiveSec=${200 + i * 50}ms\nAccuracySec=1ms\n`;
    service(name, "Type=oneshot", `ExecStart=${run(name)} say=run-%%p sleep=20`);
  }
  for (const [i, name] of once.entries()) {
    units[`${name}.timer`] = `[Timer]\nOnActiveSec=${2 + i}\nAccuracySec=1ms\n`;
    service(name, "Type=oneshot", "RemainAfterExit=yes", `ExecStart=${run(name)} say=run-%%p`);
  }
  const wanted = [
    ...[...talkers, ...notifiers, ...crashers].map((name) => `${name}.service`),
    ...sockets.map((name) => `${name}.socket`),
    ...[...repeating, ...once].map((name) => `${name}.timer`),
  ];
  units["load.target"] = `[Unit]\nWants=${wanted.join(" ")}\n`;
  return { talkers, notifiers, crashers, driven, sockets, repeating, once, units };
}
