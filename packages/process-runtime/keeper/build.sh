#!/bin/sh
# Builds keeper/bin/steward-keeper with nothing but a C compiler and libc. Does nothing when nothing changed.
#   build.sh          the static program
#   build.sh old      bin/steward-keeper-old, for tests: without what newer kernels offer
#   build.sh fuzz     bin/fuzz and bin/steward-keeper-checked, dynamic, with the address and undefined-behaviour sanitizers
set -eu
cd "$(dirname "$0")"
cc=${CC:-cc}
flags="-std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -O2 -g"
mkdir -p bin

newest() { # newest OUT FILES...: whether OUT is newer than all
    out=$1; shift
    [ -e "$out" ] || return 1
    for f in "$@"; do [ "$f" -ot "$out" ] || return 1; done
}

case ${1:-} in
'')
    newest bin/steward-keeper ./*.c ./*.h build.sh && exit 0
    # A libc without static archives still gives a program that runs here.
    $cc $flags -static -o bin/steward-keeper.$$ ./*.c 2>bin/static.log || $cc $flags -o bin/steward-keeper.$$ ./*.c
    mv bin/steward-keeper.$$ bin/steward-keeper
    rm -f bin/static.log
    ;;
old)
    newest bin/steward-keeper-old ./*.c ./*.h build.sh && exit 0
    $cc $flags -DOLD_KERNEL=1 -o bin/old.$$ ./*.c
    mv bin/old.$$ bin/steward-keeper-old
    ;;
fuzz)
    newest bin/fuzz ./*.c ./*.h fuzz/*.c build.sh && newest bin/steward-keeper-checked ./*.c ./*.h build.sh && exit 0
    checks="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    # The parsers with everything that acts replaced by nothing, and the whole keeper as it is.
    $cc $flags $checks -I. -o bin/fuzz.$$ fuzz/fuzz.c bytes.c plan.c socket-spec.c manager.c inventory.c journal.c event.c peer.c
    $cc $flags $checks -o bin/checked.$$ ./*.c
    mv bin/fuzz.$$ bin/fuzz
    mv bin/checked.$$ bin/steward-keeper-checked
    ;;
*) echo "usage: build.sh [fuzz | old]" >&2; exit 2 ;;
esac
