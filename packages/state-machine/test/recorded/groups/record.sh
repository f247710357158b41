#!/bin/bash
# What the genuine systemd does to each unit of a group: run as root, prints the recording.
#   for i in 1 2 3; do packages/state-machine/test/recorded/groups/record.sh; done > packages/state-machine/test/recorded/groups/systemd-252.txt
# Three times, because a state that only waits for leftovers is passed so quickly that systemd itself shows it or not.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../../../..
lab=$root/test-fixtures/lab/lab
work=$(mktemp -d "$here/.work-XXXXXX")
"$root/node_modules/.bin/node" --conditions=source "$here/write-units.ts" "$work"
"$lab" boot groups --init "/lib/systemd/systemd --system --log-level=debug --log-target=journal-or-kmsg" >&2
trap '"$lab" stop groups >&2; rm -rf "$work"' EXIT
"$lab" exec groups bash -s "$work" <<'INNER' | "$root/node_modules/.bin/node" "$here/../traces/format.mjs"
cp "$1"/units/* /etc/systemd/system/
count=$(cat "$1/count")
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
journalctl -o json --no-pager _PID=1 -u 'g-*'
INNER
