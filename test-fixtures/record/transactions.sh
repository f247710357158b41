#!/bin/bash
# Records what packages/graph is compared with: random transactions (test-fixtures/recorded/transactions/random.jsonl) and the dependencies
# of units of every type (every-type.json), as the genuine systemd has them.
#   transactions.sh [COUNT] [SEED] [BOOTS]
# systemd walks dependencies in an order that changes with each boot, so each request is asked in several; all answers are kept.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
clone=$(readlink -f "$here/../..")
count=${1:-300} seed=${2:-7} boots=${3:-6}
lab="$clone/test-fixtures/lab/lab"
name=record-transactions
work=$(mktemp -d)
trap '"$lab" stop "$name" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
for boot in $(seq "$boots"); do
  "$lab" boot "$name" >/dev/null
  until "$lab" exec "$name" systemctl is-system-running --wait >/dev/null 2>&1; do sleep 0.2; done
  "$lab" exec "$name" "$clone/node_modules/.bin/node" "$here/transactions-random.mjs" "$count" "$seed" >"$work/$boot.jsonl"
  "$lab" stop "$name" >/dev/null
  echo "boot $boot of $boots: $(wc -l <"$work/$boot.jsonl") requests" >&2
done
"$clone/node_modules/.bin/node" "$here/transactions-merge.mjs" "$work"/*.jsonl >"$clone/test-fixtures/recorded/transactions/random.jsonl"
"$clone/node_modules/.bin/node" "$here/transactions-every-type.mjs" >"$clone/test-fixtures/recorded/transactions/every-type.json"
