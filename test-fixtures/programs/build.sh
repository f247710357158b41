#!/bin/sh
# Compiles the programs under test into ../dist/programs, where their source is newer. Needs cc.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../dist/programs
mkdir -p "$out"
for source in "$here"/*.c "$here"/../frame-proxy/*.c; do
  [ -e "$source" ] || continue
  program=$out/$(basename "$source" .c)
  if [ ! -e "$program" ] || [ -n "$(find "$source" -newer "$program")" ]; then
    ${CC:-cc} -std=c11 -O2 -Wall -Wextra -Werror -o "$program.$$" "$source"
    mv -f "$program.$$" "$program"
  fi
done
