#!/usr/bin/env bash
# Compiles the durable core for 64-bit ARM, and tries its stores to persistent memory on an emulated processor.
# Needs Debian's g++-aarch64-linux-gnu and qemu-user.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
compile=(aarch64-linux-gnu-g++ -std=c++17 -O2 -fno-exceptions -Wall -Wextra -Werror -Isrc)
core=$(node -p 'JSON.parse(fs.readFileSync("binding.gyp", "utf8")).targets[0].sources.join(" ")')
for source in $core; do
  "${compile[@]}" -c "$source" -o "$build/$(basename "$source").o"
done
"${compile[@]}" -static test/persist_check.cc "$build"/persist*.o -o "$build/persist_check"
# Emulators of today say that they know DC CVAP and then do not, so one without it.
qemu-aarch64 -cpu cortex-a53 "$build/persist_check"
