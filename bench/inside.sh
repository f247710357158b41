#!/bin/bash
# Measures the service manager that runs as PID 1 here, through the genuine systemctl. Prints "name value" lines: milliseconds, unless the name says otherwise.
#   inside.sh CLONE IDLE_SECONDS
clone=$1 idle=$2
cd /etc/systemd/system || exit 1
now() { date +%s%N; }
since() { echo "$1 $((($(now) - $2) / 10000))e-2"; }
timed() { local name=$1 start; shift; start=$(now); "$@" >/dev/null 2>&1; since "$name" "$start"; }

for i in $(seq 500); do printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' >one-$i.service; done
{ echo '[Unit]'; for i in $(seq 500); do echo "Wants=one-$i.service"; echo "After=one-$i.service"; done; } >ones.target
for i in $(seq 200); do printf '[Service]\nExecStart=/bin/sleep 100000\n' >long-$i.service; done
{ echo '[Unit]'; for i in $(seq 200); do echo "Requires=long-$i.service"; echo "After=long-$i.service"; done; } >longs.target
printf '[Service]\nExecStart=%s rise /run/phoenix.fifo\nRestart=always\nRestartSec=0\n[Unit]\nStartLimitIntervalSec=0\n' "$clone/bench/.build/phoenix" >phoenix.service
cat >/usr/local/bin/write-much <<'END'
#!/bin/sh
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do seq -f line-%.0f-of-a-service-that-writes-much 10000; done
echo the-last-line
END
chmod 755 /usr/local/bin/write-much
printf '[Service]\nType=oneshot\nExecStart=/usr/local/bin/write-much\nLogRateLimitIntervalSec=0\n' >writer.service

timed reload-first systemctl daemon-reload
for round in 1 2 3; do timed reload-700 systemctl daemon-reload; done
echo '# changed' >>one-1.service
timed reload-one-changed systemctl daemon-reload
timed oneshots-500 systemctl start ones.target
timed up-200 systemctl start longs.target

# A kill on a machine at rest, and one kill upon the other: the first is what happens in life.
mkfifo /run/phoenix.fifo
systemctl start phoenix.service
head -c 16 /run/phoenix.fifo >/dev/null
for rest in 100000 0; do
  "$clone/bench/.build/phoenix" slay /run/phoenix.fifo "$(systemctl show -P MainPID phoenix.service)" 40 $rest | sed "s/^kill-to-successor/&-$rest/"
done
systemctl stop phoenix.service

for round in $(seq 30); do timed systemctl-is-active systemctl is-active basic.target; done
for round in 1 2 3; do timed systemctl-status systemctl --no-pager status long-1.service; done

managers() { pgrep -x 'systemd|systemd-journal|steward-keeper' | head -n 3; pgrep -f 'dist/(manager|journal)\.js' ; }
switches() { local sum=0 n; for pid in $(managers); do n=$(cat /proc/$pid/task/*/status | awk '/ctxt_switches/ { s += $2 } END { print s }'); sum=$((sum + n)); done; echo $sum; }
sync
before=$(switches); sleep "$idle"; echo "idle-context-switches-count $(($(switches) - before))"
total=0; for pid in $(managers | sort -u); do kib=$(awk '/^Pss:/ { print $2 }' /proc/$pid/smaps_rollup); total=$((total + kib)); done; echo "resident-pss-kib $total"

timed lines-200000 systemctl start writer.service
start=$(now); for i in $(seq 200); do journalctl -q -u writer.service -n 3 -o cat 2>/dev/null | grep -q the-last-line && break; sleep 0.05; done
since lines-200000-until-readable "$start"
timed stop-200 systemctl stop 'long-*.service'

# A hundred layers of a hundred targets, each of which requires three of the layer below: transactions and nothing else, no process is made.
for layer in $(seq 0 99); do for i in $(seq 0 99); do
  {
    printf '[Unit]\nDefaultDependencies=no\n'
    if [ "$layer" = 0 ]; then printf '%s=graph-root.target\n' Requires After
    else for other in 0 1 7; do printf "%s=graph-$((layer - 1))-$(((i + other) % 100)).target\n" Requires After; done; fi
  } >"graph-$layer-$i.target"
done; done
printf '[Unit]\nDefaultDependencies=no\n' >graph-root.target
{ echo '[Unit]'; for i in $(seq 0 99); do printf "%s=graph-99-$i.target\n" Requires After; done; } >graph.target
{ echo '[Unit]'; for layer in $(seq 0 99); do for i in $(seq 0 99); do echo "After=graph-$layer-$i.target"; done; done; } >graph-loaded.target
systemctl daemon-reload
timed graph-load systemctl start graph-loaded.target # After= keeps them loaded, so that what follows reads no file
start=$(now)
timed graph-reply systemctl start --no-block graph.target
systemctl start graph.target
since graph-start "$start"
[ "$(systemctl is-active graph.target graph-0-0.target graph-57-31.target | uniq)" = active ] || echo "graph: not all started" >&2
timed graph-again systemctl start graph.target
timed graph-reload systemctl daemon-reload
timed graph-stop systemctl stop graph-root.target
[ "$(systemctl is-active graph.target graph-0-0.target graph-57-31.target | uniq)" = inactive ] || echo "graph: not all stopped" >&2
