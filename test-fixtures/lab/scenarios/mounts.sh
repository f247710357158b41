# Mount units through the genuine systemctl, and the units that no container has: `both` compares systemd and steward.
cat > /run/systemd/system/mnt-a.mount <<X
[Mount]
What=tmpfs
Where=/mnt/a
Type=tmpfs
Options=size=1m,nofail,mode=700
DirectoryMode=0711
X
cat > /run/systemd/system/mnt-b.mount <<X
[Mount]
What=/nonexistent/b
Where=/mnt/b
Options=bind
X
cat > /run/systemd/system/mnt-c.mount <<X
[Mount]
What=nothing
Where=/mnt/c
Type=nosuchfs
LazyUnmount=yes
ForceUnmount=yes
SloppyOptions=yes
ReadWriteOnly=yes
X
cat > /run/systemd/system/needs.service <<X
[Unit]
RequiresMountsFor=/mnt/a/deep
[Service]
ExecStart=/bin/sleep 100
X
systemctl daemon-reload
S() { systemctl show "$@" -p ActiveState -p SubState -p Result -p What -p Options -p Type -p Where -p ExecMount -p ExecUnmount -p ExecRemount -p ControlPID -p LoadState -p CanReload -p CanStop -p CanStart| sed 's/start_time=.*code/code/' | sort; }
echo == before; S mnt-a.mount
systemctl start mnt-a.mount; echo rc $?; S mnt-a.mount; stat -c %a /mnt /mnt/a
systemctl reload mnt-a.mount; echo reload $?; S mnt-a.mount
systemctl stop mnt-a.mount; echo stop $?; S mnt-a.mount
systemctl start mnt-b.mount; echo rc $?; S mnt-b.mount | grep -v Options; ls -d /nonexistent/b
systemctl start mnt-c.mount; echo rc $?; S mnt-c.mount
systemctl start needs.service; systemctl is-active mnt-a.mount; systemctl show needs.service -p Requires -p After | tr ' ' '\n' | grep mnt | sort
systemctl stop mnt-a.mount; systemctl is-active needs.service
mkdir -p /mnt/x; mount -t tmpfs -o size=2m foo /mnt/x; sleep 0.5; S mnt-x.mount; systemctl status mnt-x.mount --no-pager
mount -o remount,ro /mnt/x; sleep 0.5; systemctl show mnt-x.mount -p Options
systemctl stop mnt-x.mount; echo $?; grep -c /mnt/x /proc/self/mountinfo; sleep 0.3; S mnt-x.mount
mount -t tmpfs t1 /mnt/a;sleep 0.5; S mnt-a.mount; mount -t tmpfs t2 /mnt/a; sleep 0.5; systemctl show mnt-a.mount -p What; systemctl stop mnt-a.mount; echo stacked $?; grep -c /mnt/a /proc/self/mountinfo
systemctl start mnt-a.mount; (cd /mnt/a; systemctl stop mnt-a.mount; echo busy $?); S mnt-a.mount; systemctl stop mnt-a.mount; echo $?; S mnt-a.mount
systemctl start mnt-a.mount; umount /mnt/a; sleep 0.5; S mnt-a.mount
systemctl show -p Type -p CanStop -p Perpetual -p ActiveState -p SubState -- -.mount 
systemctl stop -- -.mount; echo root $?
systemctl start nothere.mount; echo $?
printf '[Swap]\nWhat=/swapfile\n' > /run/systemd/system/swapfile.swap
printf '[Automount]\nWhere=/mnt/a\n' > /run/systemd/system/mnt-a.automount
printf '[Unit]\nBindsTo=dev-foo.device\nAfter=dev-foo.device\n[Service]\nExecStart=/bin/true\n' > /run/systemd/system/bound.service
systemctl daemon-reload
systemctl start dev-foo.device; echo device $?
systemctl start bound.service; echo bound $?
systemctl start swapfile.swap; echo swap $?; systemctl show swapfile.swap -p ActiveState -p SubState -p Result
systemctl start mnt-a.automount; echo automount $?;  systemctl show mnt-a.automount -p ActiveState -p SubState -p Result
systemctl list-units -t mount --no-legend --no-pager | grep -v -E 'hugepages|mqueue|sys-|tmp.mount' | sed 's/  */ /g'
