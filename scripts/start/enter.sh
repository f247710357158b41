#!/bin/sh
# Runs as PID 1 of fresh mount and PID namespaces: makes the host read-only in here, lays the examples over the system paths,
# and becomes stewardd. Nothing of it is seen outside, and all of it goes away with the namespace.
#   LAYOUT  the folder of this run: tree/ is the examples     CLONE  this clone     NODE  the Node for the examples
#   CGROUP  1 when this process stands in a cgroup of its own
set -eu
mount --make-rprivate /

# Kept within reach of the current directory, whatever is mounted over its path later.
mkdir "$LAYOUT/stage"
mount -t tmpfs -o mode=755 tmpfs "$LAYOUT/stage"
cd "$LAYOUT/stage"
cp -a ../tree tree
mkdir clone dev upper work node
mount --rbind "$CLONE" clone
mount --rbind /dev dev
: >node/node
mount --bind "$NODE" node/node

# Whatever the examples' services do, they cannot write to the host's files.
while read -r _ _ _ _ point _; do
  point=$(printf '%b' "$point")
  case $point in /proc | /proc/* | "$LAYOUT/stage" | "$LAYOUT/stage/dev"*) continue ;; esac
  mount -o remount,bind,ro "$point" 2>/dev/null || true
done </proc/self/mountinfo

over() { # DIR [MODE]: an empty one in its place
  [ -d "$1" ] && mount -t tmpfs -o "mode=${2:-755}" tmpfs "$1" || true
}
cp -a ../tree/usr/local/bin/. upper/
: >upper/node
mount -t overlay overlay -o lowerdir=/usr/local/bin,upperdir=upper,workdir=work /usr/local/bin 2>/dev/null ||
  { over /usr/local/bin; cp -a upper/. /usr/local/bin/; }
mount --bind node/node /usr/local/bin/node

over /run
over /tmp 1777
over /var/tmp 1777
over /var/log
over /var/lib/systemd
# The machine's own services stay out of this, whatever they come from; steward brings the targets.
for dir in /usr/lib/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system-generators \
  /usr/local/lib/systemd/system-generators /etc/systemd/system-generators /etc/init.d; do
  over "$dir"
done
[ -d /etc/systemd/system ] || over /etc/systemd
mkdir -p /etc/systemd/system
over /etc/systemd/system
cp -a tree/etc/systemd/system/. /etc/systemd/system/
ln -sfn /usr/lib/systemd/system/multi-user.target /etc/systemd/system/default.target
chown -R 0:0 /etc/systemd/system
mkdir -p /run/lock

over /dev
for device in null zero full random urandom tty; do
  : >"/dev/$device"
  mount --bind "dev/$device" "/dev/$device"
done
mkdir /dev/pts /dev/shm
mount --rbind dev/pts /dev/pts 2>/dev/null || true
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr

if [ "$CGROUP" = 1 ]; then mount -t cgroup2 cgroup2 /sys/fs/cgroup; else over /sys/fs/cgroup; fi
[ -e "$CLONE/package.json" ] || { mkdir -p "$CLONE"; mount --rbind clone "$CLONE"; }
cd /
exec env -i container=steward PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  "TERM=${TERM:-dumb}" HOME=/root "$CLONE/apps/daemon/bin/stewardd" --system --log-console
