#!/usr/bin/env bash
# The engine and fio in turn on the same loop device over tmpfs: 4 KiB random reads and writes, depth 1, 16, 64.
# Needs root, fio and losetup. Usage: src/bench/engine-vs-fio.sh [rounds] [seconds a run]
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5}
seconds=${2:-3}

mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath

# The JDK that the build selects; what runs Maven may be older.
for release in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/*; do
  if [ -x "$release/bin/java" ] && grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$release/release" 2>/dev/null; then
    java=$release/bin/java
    break
  fi
done

file=$(mktemp /dev/shm/holdfast-bench.XXXXXX)
dd if=/dev/urandom of="$file" bs=1M count=1024 status=none
device=$(losetup -f --show "$file")
trap 'losetup -d "$device"; rm -f "$file"' EXIT

echo "machine: $(nproc) CPUs, $(uname -r), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(fio --version)"
"${java:?no JDK 25 found}" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "target/classes:target/test-classes:$(cat target/bench.classpath)" \
  dev.holdfast.bench.EngineVersusFio "$device" "$rounds" "$seconds"
