#!/usr/bin/env bash
# The engine and fio in turn on the same loop device over tmpfs: 4 KiB random reads and writes, depth 1, 16, 64.
# Needs root, fio and losetup. Usage: src/bench/engine-vs-fio.sh [rounds] [seconds a run]
set -euo pipefail
source "$(dirname "$0")/bench.sh"
fio --version
file=$(mktemp /dev/shm/holdfast-bench.XXXXXX)
dd if=/dev/urandom of="$file" bs=1M count=1024 status=none
device=$(losetup -f --show "$file")
trap 'losetup -d "$device"; rm -f "$file"' EXIT

bench EngineVersusFio "$device" "${1:-5}" "${2:-3}"
