# Sourced by the launchers, with $root. npm's Node is linked with libraries that a slim root file system lacks (Debian's own image has no
# libatomic): where one is missing, the copies that the build left serve. Node itself takes the variable away again, so that nothing that it
# starts sees it (node-libraries.mjs).
lib=$root/apps/daemon/dist/lib
if [ -f "$lib/needed" ]; then
	while read -r path; do
		[ -e "$path" ] && continue
		export STEWARD_LD_LIBRARY_PATH="$LD_LIBRARY_PATH" LD_LIBRARY_PATH="$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
		break
	done <"$lib/needed"
fi
