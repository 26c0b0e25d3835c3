#!/usr/bin/env bash
# Batches by reference over HTTP against the engine alone, in turn on one loop device over tmpfs: 4 KiB reads at random
# places, four connections with requests of 64 operations each (or as many as said), and the engine with as many in flight;
# then the batches without the container, and the container without batches.
# Needs root and losetup. Usage: src/bench/batch.sh [rounds] [milliseconds a run] [operations a request]
set -euo pipefail
source "$(dirname "$0")/bench.sh"
directory=$(mktemp -d /dev/shm/holdfast-batch.XXXXXX)
truncate -s 1G "$directory/device.img"
device=$(losetup -f --show --direct-io=on "$directory/device.img")
trap 'losetup -d "$device"; rm -rf "$directory"' EXIT

bench BatchFigures "$device" "$directory" "${1:-5}" "${2:-4000}" "${3:-64}"
