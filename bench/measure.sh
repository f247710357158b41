#!/bin/bash
# Runs inside a booted machine, under systemd and under steward alike, and prints `name value` lines; times in microseconds.
#   measure.sh IDLE_SECONDS [STEWARDCTL NODE]
idle=$1 stewardctl=${2:-} node=${3:-}
now() { echo "${EPOCHREALTIME/./}"; }
say() { echo "$1 $2"; }
timed() { local name=$1 began; shift; began=$(now); "$@" >/dev/null 2>&1; say "$name" $(($(now) - began)); }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
managers() { # the processes that are the manager and its journal
  echo 1
  pgrep -x systemd-journal
  pgrep -P 1 -f '/apps/daemon/dist/'
}

timed up200 systemctl start long.target
[ "$(systemctl list-units --no-legend 'long*.service' --state=running | wc -l)" = 200 ] || say broken "200 services"
timed tasks500 systemctl start tasks.target

systemctl start victim.service
for _ in $(seq 20); do
  old=$(</run/victim.pid)
  began=$(now)
  kill -9 "$old"
  while read -r new </run/victim.pid; [ "${new:-$old}" = "$old" ]; do :; done
  echo $(($(now) - began))
done | median | sed 's/^/successor /'

for _ in 1 2 3 4 5; do began=$(now); systemctl daemon-reload; echo $(($(now) - began)); done | median | sed 's/^/reload700 /'
for _ in $(seq 30); do began=$(now); systemctl is-active long1.service >/dev/null; echo $(($(now) - began)); done | median | sed 's/^/systemctl /'
if [ -n "$stewardctl" ]; then
  unset NODE_EXTRA_CA_CERTS
  for _ in $(seq 30); do began=$(now); "$stewardctl" is-active long1.service >/dev/null; echo $(($(now) - began)); done | median | sed 's/^/stewardctl /'
  for _ in $(seq 30); do began=$(now); "$node" -e 0; echo $(($(now) - began)); done | median | sed 's/^/node /'
fi

sleep 5 # what the requests above left behind
switches() { for p in $(managers); do cat /proc/"$p"/task/*/status; done | awk '/ctxt_switches/ { n += $2 } END { print n }'; }
before=$(switches)
sleep "$idle"
say switches $(($(switches) - before))
for p in $(managers); do cat /proc/"$p"/smaps_rollup; done | awk '/^Pss:/ { p += $2 } /^Private_(Clean|Dirty)/ { u += $2 } END { print "pss " p; print "private " u }'
timed down200 systemctl stop 'long*.service'
