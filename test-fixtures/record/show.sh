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
"$lab" boot "$name" >&2
trap '"$lab" stop "$name" >&2' EXIT
until "$lab" exec "$name" systemctl is-system-running --wait >/dev/null 2>&1 || [ $? -eq 1 ] && "$lab" exec "$name" test -S /run/systemd/private; do sleep 0.2; done
"$lab" exec "$name" bash -c "mkdir -p /run/systemd/system && cp -a '$units'/. /run/systemd/system/ && chown -R 0:0 /run/systemd/system && systemctl daemon-reload"
"$lab" exec "$name" "$root/node_modules/.bin/node" "$here/show-client.mjs" /run/systemd/private /run/systemd/system > "$out/properties.jsonl"
"$lab" exec "$name" journalctl -o cat _PID=1 --no-pager | grep -F /run/systemd/system/ | sort -u > "$out/diagnostics.txt" || true
"$lab" exec "$name" journalctl -o cat _PID=1 --no-pager | grep -E 'Refusing|fatal error' | sort -u >> "$out/diagnostics.txt" || true
