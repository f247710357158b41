#!/bin/bash
# What systemd itself logs for the units in units/, command by command: run as root, prints the recording.
#   packages/state-machine/test/recorded/log-lines/record.sh > packages/state-machine/test/recorded/log-lines/systemd-252.txt
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lab=$here/../../../../../test-fixtures/lab/lab
"$lab" boot log-lines --init "/lib/systemd/systemd --system --log-level=info --log-target=journal-or-kmsg" >&2
trap '"$lab" stop log-lines >&2' EXIT
"$lab" exec log-lines bash -s "$here" <<'INNER' | node "$here/format.mjs"
cp "$1"/units/* /etc/systemd/system/
sleep 4
systemctl daemon-reload
run() {
  echo "### $*"
  journalctl --sync
  cursor=$(journalctl -n1 --show-cursor | sed -n 's/^-- cursor: //p')
  "$@" >/dev/null 2>&1
  sleep "${S:-0.4}"
  journalctl --sync
  journalctl --after-cursor "$cursor" -o json --no-pager _PID=1
}
run systemctl start a-ok
run systemctl restart a-ok
S=2 run systemctl start a-crash
run systemctl start a-killed
run systemctl kill -s KILL a-killed
run systemctl start a-cond
run systemctl start a-assert
run systemctl start a-dep
run systemctl start a-pre
run systemctl start a-ec
run systemctl start a-noexec
run systemctl start a-nouser
run systemctl start a-one
run systemctl reload a-one
run systemctl stop a-one
run systemctl start a-tmo
S=3 run systemctl stop a-tmo
run systemctl start a-tmos
run systemctl start a-binds
run systemctl stop a-ok
S=2 run systemctl start a-jt
run systemctl start a-requisite
S=2 run systemctl start a-always
run systemctl start a-exit0
run systemctl start a-reload
run systemctl reload a-reload
INNER
