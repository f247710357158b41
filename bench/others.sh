#!/bin/bash
# Measures another supervisor in a lab: 200 services up and down, a kill to the successor's first act, memory. Prints "name value" lines.
#   others.sh CLONE supervisor|runit|pm2      what it needs lies in CLONE/bench/.build: a Debian package, or node_modules
clone=$1 which=$2
export build=$clone/bench/.build
export phoenix=$build/phoenix
now() { date +%s%N; }
since() { echo "$1 $((($(now) - $2) / 10000))e-2"; }
count() { pgrep -xc sleep; }
until_sleeping() { for _ in $(seq 3000); do [ "$(count)" = "$1" ] && return; sleep 0.01; done; echo "others: $which has $(count) of $1" >&2; exit 1; }
mkfifo /run/phoenix.fifo
mkdir -p /run/other; cd /run/other || exit 1
# Beside the system, not over it: a package may bring /lib as a directory.
for package in "$build/$which"_*.deb; do [ -e "$package" ] && dpkg -x "$package" /opt/other; done
export PATH=/opt/other/usr/bin:/opt/other/bin:/opt/other/usr/sbin:$PATH PYTHONPATH=/opt/other/usr/lib/python3/dist-packages

case $which in
supervisor)
  {
    printf '[supervisord]\nlogfile=/run/other/log\npidfile=/run/other/pid\nchildlogdir=/run/other\n[unix_http_server]\nfile=/run/other/socket\n'
    printf '[supervisorctl]\nserverurl=unix:///run/other/socket\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n'
    for i in $(seq 200); do printf '[program:long-%s]\ncommand=/bin/sleep 100000\nautostart=false\nstartsecs=0\n' "$i"; done
    printf '[program:phoenix]\ncommand=%s rise /run/phoenix.fifo\nautostart=true\nautorestart=true\nstartsecs=0\n' "$phoenix"
  } >conf
  ready() { supervisord -c conf; }
  up() { supervisorctl -c conf start $(seq -f long-%.0f 200) >/dev/null; }
  down() { supervisorctl -c conf stop $(seq -f long-%.0f 200) >/dev/null; }
  managers() { pgrep -f supervisord; }
  ;;
runit)
  mkdir -p sv all
  for i in $(seq 200); do mkdir -p "all/long-$i"; printf '#!/bin/sh\nexec sleep 100000\n' >"all/long-$i/run"; chmod 755 "all/long-$i/run"; done
  mkdir -p sv/phoenix; printf '#!/bin/sh\nexec %s rise /run/phoenix.fifo\n' "$phoenix" >sv/phoenix/run; chmod 755 sv/phoenix/run
  ready() { setsid runsvdir /run/other/sv >/dev/null 2>&1 & }
  up() { ln -s /run/other/all/* sv/; }
  down() { sv -w 30 stop /run/other/sv/long-* >/dev/null; }
  managers() { pgrep -x 'runsv|runsvdir'; }
  ;;
pm2)
  export PM2_HOME=/run/other PATH=$build/node_modules/.bin:$clone/node_modules/node/bin:$PATH
  unset NODE_EXTRA_CA_CERTS
  app() { printf '{"name":"%s","script":"%s","args":"%s","interpreter":"none"},' "$1" "$2" "$3"; }
  { printf '{"apps":['; for i in $(seq 200); do app "long-$i" /bin/sleep 100000; done | sed 's/,$//'; printf ']}'; } >longs.json
  { printf '{"apps":['; app phoenix "$phoenix" 'rise /run/phoenix.fifo' | sed 's/,$//'; printf ']}'; } >phoenix.json
  ready() { pm2 start phoenix.json >/dev/null; }
  up() { pm2 start longs.json >/dev/null; }
  down() { pm2 stop longs.json >/dev/null; }
  managers() { pgrep -f 'PM2.*God Daemon'; }
  ;;
esac

ready || exit 1
timeout 20 head -c 16 /run/phoenix.fifo >/dev/null
sleep 2 # runit and supervisord hold a service back that ends within a second of its start
"$phoenix" slay /run/phoenix.fifo "$(pgrep -f "^$phoenix rise")" 10 1500000 | sed 's/^kill-to-successor/&-100000/'
start=$(now); up; until_sleeping 200; since up-200 "$start"
total=0; for pid in $(managers); do total=$((total + $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup"))); done; echo "resident-pss-kib $total"
start=$(now); down; until_sleeping 0; since stop-200 "$start"
