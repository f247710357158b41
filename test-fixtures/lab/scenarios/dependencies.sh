# Every kind of dependency and its inverse, list-dependencies in every form, analyze: `both` compares systemd and steward.
cd /run/systemd/system || { mkdir -p /run/systemd/system; cd /run/systemd/system; }
printf '[Unit]\nDescription=Top\nRequires=q-a.service\nWants=q-b.service q-t.target\nAfter=q-a.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n' > q-top.service
printf '[Unit]\nBindsTo=q-c.service\nAfter=q-c.service\nPartOf=q-t.target\nJoinsNamespaceOf=q-b.service\nOnSuccess=q-d.service\nOnFailure=q-d.service\nSlice=q.slice\n[Service]\nType=oneshot\nRemainAfterExit=yes\nSlice=q.slice\nExecStart=/bin/sleep 0.2\n' > q-a.service
printf '[Unit]\nUpholds=q-d.service\nPropagatesStopTo=q-c.service\nStopPropagatedFrom=q-d.service\nPropagatesReloadTo=q-a.service\nReloadPropagatedFrom=q-d.service\nRequisite=q-a.service\nAfter=q-a.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\nRuntimeDirectory=q\nStateDirectory=q/r\n' > q-b.service
printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n' > q-c.service
printf '[Unit]\nConflicts=q-e.service\nRequiresMountsFor=/srv/x\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\nPrivateTmp=yes\n' > q-d.service
printf '[Unit]\nWants=q-b.service\nConsistsOf=x\n' > q-t.target
systemctl daemon-reload
systemctl start q-top.service; echo start $?
for u in q-top q-a q-b q-c q-d q-t.target; do
for o in "" --all --reverse --before --after "--reverse --all" "--plain" "--after --plain --all"; do
 echo "== $u $o"; systemctl list-dependencies --no-pager $o $u 2>&1 | grep -v -E 'systemd-(boot|pcr|repart|sysusers|tmpfiles|sysext|ask|network|resolved|timesync)' | grep -E 'q-|q\.|shutdown|sysinit$|basic|slice'
done; done
echo "== several"; systemctl list-dependencies --no-pager q-c q-d 2>&1 | head -30
for u in q-top q-a q-b q-c q-d; do echo "== $u"; systemctl show $u.service -p Requires -p RequiredBy -p Requisite -p RequisiteOf -p Wants -p WantedBy -p BindsTo -p BoundBy -p PartOf -p ConsistsOf -p Upholds -p UpheldBy -p Conflicts -p ConflictedBy -p Before -p After -p OnFailure -p OnFailureOf -p OnSuccess -p OnSuccessOf -p PropagatesReloadTo -p ReloadPropagatedFrom -p PropagatesStopTo -p StopPropagatedFrom -p JoinsNamespaceOf -p Triggers -p TriggeredBy -p SliceOf -p Slice -p RequiresMountsFor | while read l; do n=${l%%=*}; for w in $(echo ${l#*=} | tr ' ' '\n' | sort); do echo "$n $w"; done; done; done | sort | grep -v -E 'systemd-|-.mount|umount'
systemctl show q.slice -p SliceOf
echo == analyze
systemd-analyze dot 'q-*' 2>/dev/null | grep -E '"q-.*q-' | sort
systemd-analyze dot --order 'q-*' 2>/dev/null | grep -E '"q-.*q-' | sort
systemd-analyze critical-chain q-top.service --no-pager | sed 's/[0-9.]*ms/N/g; s/[0-9.]*s$/N/; s/[0-9.]*us/N/g; s/@[^ ]*/@N/; s/+.*/+N/' | head -8
systemd-analyze blame --no-pager | grep q- | awk '{print $2}' | sort
systemd-analyze time | sed 's/[0-9.]*m\?s/N/g' | head -3
