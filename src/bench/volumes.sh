#!/usr/bin/env bash
# What attaching a device and making, growing, deleting and resolving volumes cost, at 1, 1,000 and 10,000 volumes on a
# sparse file of 100 GiB and of nearly 16 TiB. Usage: src/bench/volumes.sh [directory]
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=$(mktemp -d -p "${1:-/dev/shm}" holdfast-volumes.XXXXXX)
trap 'rm -rf "$directory"' EXIT

mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath

# The JDK that the build selects; what runs Maven may be older.
for release in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/*; do
  if [ -x "$release/bin/java" ] && grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$release/release" 2>/dev/null; then
    java=$release/bin/java
    break
  fi
done

echo "machine: $(nproc) CPUs, $(uname -r), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"
for gibibytes in 100 16380; do
  "${java:?no JDK 25 found}" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "target/classes:target/test-classes:$(cat target/bench.classpath)" \
    dev.holdfast.bench.VolumeFigures "$directory" "$gibibytes" 1 1000 10000 2>&1 | grep -E '^\||^device|made'
done
