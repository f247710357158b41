#!/bin/sh
# Records corpus-*.journal.gz anew, with the genuine systemd-journal-remote (Debian package systemd-journal-remote, 252).
# Usage: record.sh /lib/systemd/systemd-journal-remote
set -eu
cd "$(dirname "$0")"
python3 corpus.py > corpus.export
record() {
  name=$1; shift
  rm -f "corpus-$name.journal"
  env "$@" "$REMOTE" -o "corpus-$name.journal" - < corpus.export
  gzip -9nf "corpus-$name.journal"
}
REMOTE=$1
record default SYSTEMD_JOURNAL_COMPACT=1
record wide SYSTEMD_JOURNAL_COMPACT=0
record unkeyed SYSTEMD_JOURNAL_COMPACT=0 SYSTEMD_JOURNAL_KEYED_HASH=0
rm corpus.export
