#!/bin/bash
# Asks the genuine systemd, booted in the lab, what it makes of random trees of symlinks, masks, drop-ins and .wants directories.
#   show-trees.sh [COUNT [SEED]]     writes recorded/show/trees.jsonl and recorded/show/tree-answers.jsonl
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/test-fixtures/recorded/show
lab=$root/test-fixtures/lab/lab
node=$root/node_modules/.bin/node
name=trees-$$
work=$(mktemp -d /var/tmp/trees.XXXXXX)
trap '"$lab" stop "$name" >&2; rm -rf "$work"' EXIT
"$node" "$here/show-trees.mjs" "$work" "${1:-20}" "${2:-3}"
"$lab" boot "$name" >&2
until "$lab" exec "$name" test -S /run/systemd/private; do sleep 0.2; done
cat > "$work/ask.sh" <<ASK
for tree in \$(ls $work | grep -E '^[0-9]+$' | sort -n); do
  rm -rf /{etc,run,usr/local/lib}/systemd/system/z* /{etc,run,usr/local/lib}/systemd/system/{service,socket,target}.d
  cp -a $work/\$tree/. /
  systemctl daemon-reload
  $node $here/show-client.mjs /run/systemd/private - zz.service zz-a.service zz-a-b.service zt@x.service zt@y.service zt@z-w.service \
    zu@x.service zu@q.service zv.service zw.service zk.socket zl.target zl-m.target | sed "s/^{/{\"tree\":\$tree,/"
done
ASK
"$lab" exec "$name" bash "$work/ask.sh" | "$node" -e '
  const keep = ["Id", "Names", "LoadState", "FragmentPath", "DropInPaths", "Description", "Documentation", "Wants", "Requires"];
  for (const line of require("fs").readFileSync(0, "utf8").trim().split("\n")) {
    const { tree, unit, properties } = JSON.parse(line);
    const of = Object.fromEntries(properties.filter(([name]) => keep.includes(name)).map(([name, , value]) => [name, value]));
    for (const name of ["Wants", "Requires"]) of[name] = of[name].filter((unit) => unit.startsWith("z"));
    console.log(JSON.stringify({ tree, unit, ...of }));
  }' > "$out/tree-answers.jsonl"
cp "$work/trees.jsonl" "$out/trees.jsonl"
