/** What both managers are given: 200 services that stay, 500 tasks that end, one service that is killed again and again. */
export function benchUnits(puppet: string): Record<string, string> {
  const units: Record<string, string> = {
    "victim.service": `[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=0\nExecStart=${puppet} pidfile=/run/victim.pid wait\n`,
  };
  const group = (target: string, prefix: string, count: number, service: string): void => {
    const names = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}.service`);
    for (const name of names) units[name] = service;
    units[target] = `[Unit]\nWants=${names.join(" ")}\nAfter=${names.join(" ")}\n`;
  };
  group("long.target", "long", 200, "[Service]\nExecStart=/bin/sleep infinity\n");
  group("tasks.target", "task", 500, "[Service]\nType=oneshot\nExecStart=/bin/true\n");
  return units;
}
