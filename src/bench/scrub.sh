#!/usr/bin/env bash
# What the background scrub costs tenants: random reads of a loop device over tmpfs without it and beside it.
# Needs root and losetup. Usage: src/bench/scrub.sh [rounds] [milliseconds a round]
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=$(mktemp -d /dev/shm/holdfast-scrub.XXXXXX)
truncate -s 16G "$directory/device.img"
device=$(losetup -f --show "$directory/device.img")
trap 'losetup -d "$device"; rm -rf "$directory"' EXIT

mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath

# The JDK that the build selects; what runs Maven may be older.
for release in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/*; do
  if [ -x "$release/bin/java" ] && grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$release/release" 2>/dev/null; then
    java=$release/bin/java
    break
  fi
done

echo "machine: $(nproc) CPUs, $(uname -r), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"
"${java:?no JDK 25 found}" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "target/classes:target/test-classes:$(cat target/bench.classpath)" \
  dev.holdfast.bench.ScrubFigures "$device" "$directory" "${1:-5}" "${2:-500}" 2>&1 | grep '^|'
