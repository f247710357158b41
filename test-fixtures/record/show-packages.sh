#!/bin/bash
# Same settings, over the units of Debian's packages: downloads those of packages.txt (or the ones named), unpacks their unit files, never installs
# them, and compares `show` of the genuine systemd with @steward/unit-file's, property by property.
#   show-packages.sh [-k DIRECTORY] [PACKAGE…]      -k: keep the tree, the packages and systemd's answers there
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
clone=$(cd "$here/../.." && pwd)
work=
while getopts k: option; do
  case $option in
  k) work=$OPTARG ;;
  *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
if [ -z "$work" ]; then
  # Not below /tmp: the lab has one of its own.
  work=$(mktemp -d /var/tmp/show-packages.XXXXXX)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work/debs" "$work/units"
cd "$work/debs"
if [ $# -gt 0 ]; then printf '%s\n' "$@"; else tr ' ' '\n' < "$here/packages.txt"; fi | while read -r package; do
  ls "${package}"_*.deb >/dev/null 2>&1 || apt-get -q download "$package" 2>/dev/null >&2 || echo "not found: $package" >&2
done
with=0
for deb in *.deb; do
  rm -rf "$work/one"; mkdir "$work/one"
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/one" --wildcards './lib/systemd/system/*' './usr/lib/systemd/system/*' 2>/dev/null || true
  for units in "$work"/one/lib/systemd/system "$work"/one/usr/lib/systemd/system; do
    [ -d "$units" ] || continue
    cp -an "$units/." "$work/units/"
    with=$((with + 1))
  done
done
rm -rf "$work/one"
echo "$with packages with units, $(find "$work/units" -maxdepth 1 \( -type f -o -type l \) | wc -l) unit files" >&2
"$clone/node_modules/.bin/node" --conditions=source "$here/show-compare.ts" "$work/units"
