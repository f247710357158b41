#!/bin/bash
# What the genuine systemd opens for each socket unit here, as its service finds it: run as root, prints the recording.
#   packages/process-runtime/test/recorded/socket-options/record.sh > packages/process-runtime/test/recorded/socket-options/systemd-252.txt
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lab=$here/../../../../../test-fixtures/lab/lab
work=$(mktemp -d "$here/.work-XXXXXX")
cc -O1 -o "$work/sockopts" "$here/../../programs/sockopts.c"
"$lab" boot options >&2
trap '"$lab" stop options >&2; rm -rf "$work"' EXIT
"$lab" exec options bash -s "$here" "$work" <<'INNER'
until systemctl is-system-running --wait 2>/dev/null | grep -qE 'running|degraded'; do sleep 0.2; done
for file in "$1"/units/*.socket; do
  name=$(basename "$file" .socket)
  cp "$file" /etc/systemd/system/
  printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=%s /run/out-%s\n' "$2/sockopts" "$name" > "/etc/systemd/system/$name.service"
done
systemctl daemon-reload
for file in "$1"/units/*.socket; do
  name=$(basename "$file" .socket)
  systemctl start "$name.socket" && systemctl start "$name.service"
  echo "== $name"
  cat "/run/out-$name"
done
INNER
