#!/bin/bash
# How the genuine systemd goes through the states of timers and their services: run as root, prints the recording.
#   for i in 1 2 3; do packages/state-machine/test/recorded/timers/record.sh; done > packages/state-machine/test/recorded/timers/systemd-252.txt
# Three times, because a state that only waits for leftovers is passed so quickly that systemd itself shows it or not.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../../../..
lab=$root/test-fixtures/lab/lab
work=$(mktemp -d "$here/.work-XXXXXX")
"$root/node_modules/.bin/node" --conditions=source "$here/write-units.ts" "$work"
"$lab" boot timers --init "/lib/systemd/systemd --system --log-level=debug --log-target=journal-or-kmsg" >&2
trap '"$lab" stop timers >&2; rm -rf "$work"' EXIT
"$lab" exec timers bash -s "$work" <<'INNER' | "$root/node_modules/.bin/node" "$here/../traces/format.mjs"
# A target holds every unit in memory, so that what it was is not forgotten when it ends.
cp "$1"/units/* /etc/systemd/system/
count=$(cat "$1/count")
{ echo "[Unit]"; echo "DefaultDependencies=no"; for i in $(seq 0 $((count - 1))); do echo "After=t-$i.service t-$i.timer"; done; } > /etc/systemd/system/pin.target
sleep 4
systemctl daemon-reload
systemctl start pin.target
alone=""
for i in $(seq 0 $((count - 1))); do
  # A reload reaches all that is there.
  grep -q daemon-reload "$1/bin/drive-$i" && { alone="$alone $i"; continue; }
  bash "$1/bin/drive-$i" </dev/null &
  [ $((i % 4)) = 3 ] && wait
done
wait
for i in $alone; do bash "$1/bin/drive-$i" </dev/null; done
sleep 3
journalctl --sync
journalctl -o json --no-pager _PID=1 -u "t-*"
INNER
