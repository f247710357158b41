/**
 * The busy run that is cut at every frame. It drives itself, from the boot's transaction on: starts in order, a oneshot with
 * several commands, notifications, crashes with automatic restarts, a PID file, and a driver that stops, starts and restarts
 * other units as a client, asks a server that its socket starts, and drops files that a path unit sees; a timer elapses. Each program
 * appends a line to a file when it begins, so that nothing starts twice unseen.
 */
export function busyUnits(puppet: string): Record<string, string> {
  const began = (name: string): string => `append=/run/seen/${name}:%%p`;
  const lines = (name: string, count: number): string => `lines=${count}:${name}-`;
  return {
    "default.target": [
      "[Unit]",
      "Description=A busy run",
      "Wants=talker.service task.service crasher.service forker.service victim.service driver.service echo.socket tick.timer drop.path",
      "AllowIsolate=yes",
    ].join("\n"),
    "talker.service": [
      "[Service]",
      "Type=notify",
      `ExecStart=${puppet} ${began("talker")} notify=STATUS=one ${lines("talker", 10)} notify=READY=1 notify=STATUS=two barrier say=talker-end notify=STATUS=three wait`,
    ].join("\n"),
    "task.service": [
      "[Unit]",
      "After=talker.service",
      "Requires=talker.service",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      `ExecStartPre=${puppet} ${began("task-pre")}`,
      `ExecStart=${puppet} ${began("task-1")} ${lines("task", 5)}`,
      `ExecStart=${puppet} ${began("task-2")} say=task-second`,
      `ExecStop=${puppet} append=/run/seen/stops:task`,
    ].join("\n"),
    // Fails twice, then stays.
    "crasher.service": [
      "[Unit]",
      "StartLimitIntervalSec=0",
      "[Service]",
      "Restart=on-failure",
      "RestartSec=10ms",
      `ExecStart=/bin/sh -c 'echo $$$$ >>/run/seen/crasher; n=$(wc -l </run/seen/crasher); echo crasher-$n; [ $n -ge 3 ] || exit 1; exec ${puppet} wait'`,
    ].join("\n"),
    "forker.service": [
      "[Service]",
      "Type=forking",
      "PIDFile=/run/forker.pid",
      `ExecStart=${puppet} daemonize ${began("forker")} say=forker-runs pidfile=/run/forker.pid wait`,
    ].join("\n"),
    "victim.service": [
      "[Service]",
      "Type=exec",
      `ExecStart=${puppet} say=victim-runs ${began("victim")} wait`,
      `ExecStopPost=${puppet} append=/run/seen/stops:victim`,
    ].join("\n"),
    "late.service": [
      "[Service]",
      "Type=notify",
      `ExecStart=${puppet} ${began("late")} ${lines("late", 3)} notify=READY=1 wait`,
      `ExecStop=${puppet} append=/run/seen/stops:late`,
    ].join("\n"),
    "echo.socket": ["[Socket]", "ListenStream=/run/echo.sock"].join("\n"),
    "echo.service": ["[Service]", `ExecStart=${puppet} ${began("echo")} serve`].join("\n"),
    "tick.timer": ["[Timer]", "OnActiveSec=50ms", "AccuracySec=1ms"].join("\n"),
    "tick.service": ["[Service]", "Type=oneshot", `ExecStart=${puppet} ${began("tick")}`].join("\n"),
    "drop.path": ["[Path]", "DirectoryNotEmpty=/run/drop", "MakeDirectory=yes"].join("\n"),
    "drop.service": [
      "[Service]",
      "Type=oneshot",
      "ExecStart=/bin/sh -c 'echo $$$$ >>/run/seen/drop; rm -f /run/drop/*'",
    ].join("\n"),
    "driver.service": [
      "[Unit]",
      "After=talker.service victim.service forker.service echo.socket drop.path",
      "[Service]",
      "Type=oneshot",
      "RemainAfterExit=yes",
      "ExecStart=/bin/sh /etc/driver.sh",
    ].join("\n"),
    "/etc/driver.sh": driver(puppet),
    "/etc/collect.sh": collect,
  };
}

/** What was run, in the order of its report. */
export const busyServices = [
  ...["talker", "task", "crasher", "forker", "victim", "late", "echo", "tick", "drop", "driver"].map(
    (name) => `${name}.service`,
  ),
  "echo.socket",
  "tick.timer",
  "drop.path",
];

/**
 * A client whose calls may be cut off by the manager's death: then it does not know whether it was heard, waits until no job
 * is left and looks. So every step is one that can be seen to be done.
 */
const driver = (puppet: string): string => `
echo begin >>/run/seen/driver
# Type=exec says nothing about how far it got: it is not stopped before it began.
until [ -s /run/seen/victim ]; do sleep 0.02; done
calm() { while :; do j=$(systemctl list-jobs --no-legend 2>/dev/null) && [ -z "$(echo "$j" | grep -v -e driver.service -e default.target -e 'No jobs')" ] && return; sleep 0.02; done; }
state() { until s=$(systemctl show -P ActiveState "$1" 2>/dev/null); do sleep 0.02; done; echo "$s"; }
until [ "$(state victim.service)" = inactive ]; do systemctl stop victim.service 2>/dev/null; calm; done
echo driver-stopped-victim
until [ "$(state late.service)" = active ]; do systemctl start late.service 2>/dev/null; calm; done
echo driver-started-late
until [ "$(wc -l </run/seen/late)" -ge 2 ] && [ "$(state late.service)" = active ]; do systemctl restart late.service 2>/dev/null; calm; done
echo driver-restarted-late
# No connection is refused, and one server answers them all.
for n in 1 2 3; do ${puppet} call=/run/echo.sock:/run/seen/answer; done
echo "driver-asked, different answers: $(sort -u /run/seen/answer | wc -l)"
# Each file is seen once, the second one perhaps before the path unit has looked again.
for n in 1 2; do echo $n >/run/drop/$n; while [ -e /run/drop/$n ]; do sleep 0.02; done; done
`;

/** Waits until the run has come to rest and prints its end as lines. */
const collect = `
# Far beyond what a run takes: for a daemon that does not come to rest or does not answer.
end=$(($(date +%s) + 15))
late() { [ "$(date +%s)" -gt "$end" ]; }
# A call that is cut off is an error to that client alone: ask again.
ask() { until answer=$(timeout 5 systemctl "$@" 2>&1); do late && break; sleep 0.02; done; echo "$answer"; }
rest() {
  [ "$(ask show -P ActiveState driver.service)" = active ] &&
  [ "$(wc -l </run/seen/crasher 2>/dev/null)" = 3 ] && [ "$(ask show -P ActiveState crasher.service)" = active ] &&
  [ "$(ask show -P StatusText talker.service)" = three ] && [ -s /run/seen/tick ] &&
  [ "$(wc -l </run/seen/drop 2>/dev/null)" = 2 ] && [ "$(ask show -P SubState drop.path)" = waiting ] &&
  [ -z "$(ask list-jobs --no-legend | grep -v 'No jobs')" ]
}
until rest; do late && { echo "never at rest"; break; }; sleep 0.02; done
echo "jobs: $(ask list-jobs --no-legend)"
for unit in "$@"; do
  echo "$unit: $(ask show -p LoadState,ActiveState,SubState,Result,NRestarts,StatusText "$unit" | sort | tr '\\n' ' ')"
  pid=$(ask show -P MainPID "$unit")
  name=\${unit%.service}
  [ "\${pid:-0}" = 0 ] || echo "$unit: main process is the last that began: $([ "$pid" = "$(tail -n 1 "/run/seen/$name")" ] && echo yes || echo "no, $pid")"
done
`;
