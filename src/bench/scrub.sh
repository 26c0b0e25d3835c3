#!/usr/bin/env bash
# What the background scrub costs tenants: random reads of a loop device over tmpfs without it and beside it.
# Needs root and losetup. Usage: src/bench/scrub.sh [rounds] [milliseconds a round]
set -euo pipefail
source "$(dirname "$0")/bench.sh"
directory=$(mktemp -d /dev/shm/holdfast-scrub.XXXXXX)
truncate -s 16G "$directory/device.img"
device=$(losetup -f --show "$directory/device.img")
trap 'losetup -d "$device"; rm -rf "$directory"' EXIT

bench ScrubFigures "$device" "$directory" "${1:-5}" "${2:-500}" 2>&1 | grep '^|'
