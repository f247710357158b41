#!/bin/sh
# One busy run in fresh mount and PID namespaces, with a proxy before the manager or the journal process, and its end as text.
#   run.sh CLONE WHICH CUTS CGROUP UNITS...      WHICH: manager or journal; CUTS: as frame-proxy's; CGROUP: none or v2
set -u
CLONE=$1 WHICH=$2 CUTS=$3 CGROUP=$4
shift 4
state=$(mktemp -d /tmp/kill-run.XXXXXX)
node=$CLONE/node_modules/node/bin/node
proxy="$CLONE/test-fixtures/dist/programs/frame-proxy $state/frames $CUTS --"
dist=$CLONE/apps/daemon/dist
case $WHICH in
manager) vectors="--manager $proxy $node $dist/manager.js --end --journal $node $dist/journal.js --end" ;;
journal) vectors="--manager $node $dist/manager.js --end --journal $proxy $node $dist/journal.js --end" ;;
esac
if [ "$CGROUP" = v2 ]; then
  group=/sys/fs/cgroup/$(basename "$state")
  mkdir "$group"
  echo 0 >"$group/cgroup.procs"
  cgroup='mount -t cgroup2 cgroup2 /sys/fs/cgroup'
else
  cgroup='mount -t tmpfs -o ro tmpfs /sys/fs/cgroup'
fi
mkdir -m 777 "$state/seen" "$state/log"
unshare --mount --pid --fork --mount-proc --cgroup --kill-child sh -c "
  $cgroup; mount -t tmpfs -o mode=755 tmpfs /run; mkdir -p /run/lock /run/seen /run/log
  mount -t tmpfs -o mode=755 tmpfs /dev; ln -s /proc/self/fd /dev/fd
  for n in 'null 3' 'zero 5' 'random 8' 'urandom 9'; do mknod -m 666 /dev/\${n% *} c 1 \${n#* }; done
  mount --bind $state/seen /run/seen; mount --bind $state/log /run/log
  exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    $CLONE/packages/process-runtime/keeper/bin/steward-keeper $vectors" >"$state/console" 2>&1 </dev/null &
outer=$!
init=
until [ -n "$init" ] || ! kill -0 "$outer" 2>/dev/null; do
  init=$(cut -d ' ' -f 1 "/proc/$outer/task/$outer/children" 2>/dev/null)
done
until [ "$(cat "/proc/$init/comm" 2>/dev/null)" = steward-keeper ] || ! kill -0 "$outer" 2>/dev/null; do sleep 0.01; done
nsenter -t "$init" -m -p -C sh /etc/collect.sh "$@"

kill -TERM "$init" 2>/dev/null
i=0
while kill -0 "$init" 2>/dev/null && [ $i -lt 1000 ]; do i=$((i + 1)); sleep 0.02; done
[ $i -lt 1000 ] || { echo "did not shut down"; kill -KILL "$init"; }
wait "$outer"
echo "exit status: $?"
for file in "$state"/seen/*; do echo "began or ended, ${file##*/}: $(wc -l <"$file")"; done
for unit in "$@"; do
  echo "--- what $unit wrote"
  journalctl -q -D "$state/log/journal" -o cat "_SYSTEMD_UNIT=$unit"
  echo "--- what the manager wrote of $unit"
  # Whether the PID file is there when it is first looked for is a race of the daemon under test with its own parent.
  journalctl -q -D "$state/log/journal" -o cat _PID=1 "UNIT=$unit" | grep -v -e Consumed -e 'not there yet' -e 'PID file'
done
journalctl -q -D "$state/log/journal" --verify 2>&1 | grep -v ^PASS
echo "=== frames"
od -A n -t u4 -v -w4 "$state/frames" | tr -d ' ' | head -n 64
echo "=== console"
cat "$state/console"
rm -rf "$state"
[ "$CGROUP" != v2 ] || { echo 0 >/sys/fs/cgroup/cgroup.procs; find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null; }
