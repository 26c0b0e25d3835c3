#!/usr/bin/env bash
# What buffers cost over HTTP: making, mapping and deleting a thousand of 1 MiB one after the other, and what another
# tenant's reads of 4 KiB notice of a buffer of 1 GiB that is registered and let go of. A loop device over tmpfs.
# Needs root and losetup. Usage: src/bench/buffers.sh [buffers] [rounds] [milliseconds a round]
set -euo pipefail
source "$(dirname "$0")/bench.sh"
directory=$(mktemp -d /dev/shm/holdfast-buffers.XXXXXX)
truncate -s 1G "$directory/device.img"
device=$(losetup -f --show --direct-io=on "$directory/device.img")
trap 'losetup -d "$device"; rm -rf "$directory"' EXIT

bench BufferFigures "$device" "$directory" "${1:-1000}" "${2:-5}" "${3:-4000}"
