#!/bin/bash
# Measures the service manager that runs as PID 1 here, through the genuine systemctl. Prints "name value" lines: milliseconds, unless the name says otherwise.
#   inside.sh CLONE IDLE_SECONDS
clone=$1 idle=$2
cd /etc/systemd/system || exit 1
now() { date +%s%N; }
timed() { local name=$1 start; shift; start=$(now); "$@" >/dev/null 2>&1; echo "$name $((($(now) - start) / 10000))e-2"; }

for i in $(seq 500); do printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' >one-$i.service; done
{ echo '[Unit]'; for i in $(seq 500); do echo "Wants=one-$i.service"; echo "After=one-$i.service"; done; } >ones.target
for i in $(seq 200); do printf '[Service]\nExecStart=/bin/sleep 100000\n' >long-$i.service; done
{ echo '[Unit]'; for i in $(seq 200); do echo "Requires=long-$i.service"; echo "After=long-$i.service"; done; } >longs.target
printf '[Service]\nExecStart=/bin/sh -c "date +%%%%s%%%%N >>/run/stamps; exec sleep 100000"\nRestart=always\nRestartSec=0\n[Unit]\nStartLimitIntervalSec=0\n' >phoenix.service
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

systemctl start phoenix.service
until [ -s /run/stamps ]; do :; done
for round in $(seq 20); do
  lines=$(wc -l </run/stamps); pid=$(systemctl show -P MainPID phoenix.service); killed=$(now); kill -9 "$pid"
  until [ "$(wc -l </run/stamps)" -gt "$lines" ]; do :; done
  echo "kill-to-successor $((($(tail -n 1 /run/stamps) - killed) / 10000))e-2"
done

for round in $(seq 30); do timed systemctl-is-active systemctl is-active basic.target; done
for round in 1 2 3; do timed systemctl-status systemctl --no-pager status phoenix.service; done

managers() { pgrep -x 'systemd|systemd-journal|steward-keeper' | head -n 3; pgrep -f 'dist/(manager|journal)\.js' ; }
switches() { local sum=0 n; for pid in $(managers); do n=$(cat /proc/$pid/task/*/status | awk '/ctxt_switches/ { s += $2 } END { print s }'); sum=$((sum + n)); done; echo $sum; }
sync
before=$(switches); sleep "$idle"; echo "idle-context-switches-count $(($(switches) - before))"
total=0; for pid in $(managers); do kib=$(awk '/^Pss:/ { print $2 }' /proc/$pid/smaps_rollup); total=$((total + kib)); done; echo "resident-pss-kib $total"

timed lines-200000 systemctl start writer.service
start=$(now); for i in $(seq 200); do journalctl -q -u writer.service -n 3 -o cat 2>/dev/null | grep -q the-last-line && break; sleep 0.05; done
echo "lines-200000-until-readable $((($(now) - start) / 10000))e-2"
timed stop-200 systemctl stop 'long-*.service'
