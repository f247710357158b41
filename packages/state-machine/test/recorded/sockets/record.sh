#!/bin/bash
# How the genuine systemd takes sockets and their services through their states in each scenario: run as root, prints the recording.
#   for i in 1 2 3 4 5 6; do packages/state-machine/test/recorded/sockets/record.sh; done > packages/state-machine/test/recorded/sockets/systemd-252.txt
# Six times, because a state that only waits for leftovers is passed so quickly that systemd itself shows it or not.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../../../..
lab=$root/test-fixtures/lab/lab
work=$(mktemp -d "$here/.work-XXXXXX")
"$root/node_modules/.bin/node" --conditions=source "$here/write-units.ts" "$work"
"$lab" boot socket-traces --init "/lib/systemd/systemd --system --log-level=debug --log-target=journal-or-kmsg" >&2
trap '"$lab" stop socket-traces >&2; rm -rf "$work"' EXIT
"$lab" exec socket-traces bash -s "$work" <<'INNER' | "$root/node_modules/.bin/node" "$here/format.mjs"
# A target holds every unit in memory, so that what it was is not forgotten when it ends.
cp "$1"/units/* /etc/systemd/system/
count=$(cat "$1/count")
{ echo "[Unit]"; echo "DefaultDependencies=no"; for i in $(seq 0 $((count - 1))); do echo "After=s-$i.socket s-$i.service"; done; } > /etc/systemd/system/pin.target
sleep 4
systemctl daemon-reload
systemctl start pin.target
for i in $(seq 0 $((count - 1))); do
  bash "$1/bin/drive-$i" </dev/null &
  [ $((i % 6)) = 5 ] && wait
done
wait
sleep 3
journalctl --sync
journalctl -o json --no-pager _PID=1 -u 's-*'
INNER
