#!/bin/bash
# Asks the genuine systemd, booted in the lab, what it makes of the units in recorded/show/units, and writes its answers beside them.
#   show.sh [UNITS-DIRECTORY OUTPUT-DIRECTORY]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
units=${1:-$root/test-fixtures/recorded/show/units}
out=${2:-$root/test-fixtures/recorded/show}
lab=$root/test-fixtures/lab/lab
name=show-$$
"$lab" boot "$name" --init "/lib/systemd/systemd --system --log-level=info --log-target=journal" >&2
trap '"$lab" stop "$name" >&2' EXIT
# What the lab masks for its own peace is a unit like any other in the tree that is asked about.
until "$lab" exec "$name" systemctl is-system-running --wait >/dev/null 2>&1 || [ $? -eq 1 ] && "$lab" exec "$name" test -S /run/systemd/private; do sleep 0.2; done
"$lab" exec "$name" bash -c "mkdir -p /run/systemd/system && cp -a '$units'/. /run/systemd/system/ && chown -R 0:0 /run/systemd/system && find /etc/systemd/system -maxdepth 1 -lname /dev/null -delete; systemctl daemon-reload"
"$lab" exec "$name" "$root/node_modules/.bin/node" "$here/show-client.mjs" /run/systemd/private /run/systemd/system > "$out/properties.jsonl"
. /etc/os-release
cat > "$out/machine.json" <<JSON
{
  "memoryKib": $(awk '/MemTotal/ { print $2 }' /proc/meminfo),
  "threadsMax": $(cat /proc/sys/kernel/threads-max),
  "pidMax": $(cat /proc/sys/kernel/pid_max),
  "processes": $("$lab" exec "$name" bash -c 'ulimit -u'),
  "files": $("$lab" exec "$name" bash -c 'ulimit -n'),
  "hostName": "$("$lab" exec "$name" hostname)",
  "machineId": "$("$lab" exec "$name" cat /etc/machine-id)",
  "bootId": "$(tr -d - < /proc/sys/kernel/random/boot_id)",
  "kernelRelease": "$(uname -r)",
  "osRelease": { "ID": "$ID", "VERSION_ID": "$VERSION_ID" },
  "shell": "$(getent passwd 0 | cut -d: -f7)"
}
JSON
"$lab" exec "$name" journalctl --sync
"$lab" exec "$name" journalctl _PID=1 -o cat --no-pager \
  | grep -E '^(/run/systemd/system/|[a-z][a-z0-9@.\\-]+\.(service|socket|timer|path|mount|automount|swap|slice|target): )' \
  | grep -E ':[0-9]+: |Refusing|Ignoring|ignoring|not loading|fatal|KillMode' | awk '!seen[$0]++' > "$out/diagnostics.txt"
