#!/bin/bash
# When the genuine systemd says that timers elapse next, just after their start: run as root, prints one line of JSON a timer.
#   packages/state-machine/test/recorded/elapses/record.sh > packages/state-machine/test/recorded/elapses/systemd-252.jsonl
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../../../..
lab=$root/test-fixtures/lab/lab
work=$(mktemp -d "$here/.work-XXXXXX")
"$root/node_modules/.bin/node" --conditions=source "$here/write-units.ts" "$work"
"$lab" boot timers-elapses >&2
trap '"$lab" stop timers-elapses >&2; rm -rf "$work"' EXIT
"$lab" exec timers-elapses bash -s "$work" <<'INNER'
bus=org.freedesktop.systemd1
get() { # UNIT INTERFACE PROPERTY...: the values as JSON, in this order
  local path; path=/org/freedesktop/systemd1/unit/$(printf %s "$1" | sed 's/\./_2e/g; s/-/_2d/g'); local interface=$bus.$2; shift 2
  busctl -j get-property $bus "$path" "$interface" "$@" | sed 's/^{"type":"[^"]*","data":\(.*\)}$/\1/' | paste -sd,
}
ask() { # ZONE INDEX [stamp]
  local name=e$1-$2 stamp=null
  [ -z "${3:-}" ] || stamp=$(stat -c %.6Y "/var/lib/systemd/timers/stamp-$name.timer" | tr -d .)
  systemctl start "$name.timer" || true
  # One that was missed elapses at once: it is asked when its unit is at rest again.
  while [ "$(systemctl show -P SubState "$name.timer")" = running ]; do sleep 0.05; done
  printf '{"zone":"%s","index":%s,"stamp":%s,"timer":[%s],"state":[%s],"service":[%s]}\n' "$zone" "$2" "$stamp" \
    "$(get "$name.timer" Timer TimersMonotonic TimersCalendar NextElapseUSecMonotonic NextElapseUSecRealtime LastTriggerUSec)" \
    "$(get "$name.timer" Unit SubState InactiveExitTimestamp InactiveExitTimestampMonotonic)" \
    "$(get "$name.service" Unit InactiveExitTimestamp InactiveExitTimestampMonotonic InactiveEnterTimestamp InactiveEnterTimestampMonotonic)"
  systemctl stop "$name.timer" "$name.service"
}
cp "$1"/units/* /etc/systemd/system/
sleep 4
systemctl daemon-reload
printf '{"started":[%s],"machineId":"%s"}\n' "$(busctl -j get-property $bus /org/freedesktop/systemd1 $bus.Manager UserspaceTimestamp UserspaceTimestampMonotonic | sed 's/^{"type":"[^"]*","data":\(.*\)}$/\1/' | paste -sd,)" "$(cat /etc/machine-id)"
printf '{"rules":{'; comma=""
for zone in $(sed -n 's/.*; zone=//p' "$1/script"); do
  printf '%s"%s":"%s"' "$comma" "$zone" "$(base64 -w0 "/usr/share/zoneinfo/$zone")"; comma=,
done
printf '}}\n'
. "$1/script"
INNER
