#!/usr/bin/env bash
# Two flows of equal weight on one device, one with 256 reads in flight and one with 32: 4 KiB at random places of a
# loop device over tmpfs, each alone and both together in turn.
# Needs root and losetup. Usage: src/bench/fair-turns.sh [rounds] [milliseconds a run]
set -euo pipefail
source "$(dirname "$0")/bench.sh"
file=$(mktemp /dev/shm/holdfast-fair.XXXXXX)
dd if=/dev/urandom of="$file" bs=1M count=1024 status=none
device=$(losetup -f --show "$file")
trap 'losetup -d "$device"; rm -f "$file"' EXIT

bench FairTurns "$device" "${1:-9}" "${2:-1000}"
