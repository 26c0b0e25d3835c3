#!/usr/bin/env bash
# Drives that come back and drives that are replaced: how long it takes until I/O goes on and all mappings are made anew,
# and what a move costs and how much it moves a second, beside dd between the same drives. Loop devices over tmpfs.
# Needs root and losetup. Usage: src/bench/hotplug.sh [mappings] [rounds] [MiB to move]
set -euo pipefail
source "$(dirname "$0")/bench.sh"
directory=$(mktemp -d /dev/shm/holdfast-hotplug.XXXXXX)
trap 'rm -rf "$directory"' EXIT

bench HotplugFigures "$directory" "${1:-1000}" "${2:-5}" "${3:-1024}"
