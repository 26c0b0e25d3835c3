#!/usr/bin/env bash
# What attaching a device and making, growing, deleting and resolving volumes cost, at 1, 1,000 and 10,000 volumes on a
# sparse file of 100 GiB and of nearly 16 TiB. Usage: src/bench/volumes.sh [directory]
set -euo pipefail
source "$(dirname "$0")/bench.sh"
directory=$(mktemp -d -p "${1:-/dev/shm}" holdfast-volumes.XXXXXX)
trap 'rm -rf "$directory"' EXIT

for gibibytes in 100 16380; do
  bench VolumeFigures "$directory" "$gibibytes" 1 1000 10000 2>&1 | grep -E '^\||^device|made'
done
