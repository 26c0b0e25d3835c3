# Sourced by the scripts here: builds, and says what the machine is; `bench CLASS ARGUMENTS…` runs a class of src/bench.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath

# The JDK that the build selects; what runs Maven may be older.
for release in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/*; do
  if [ -x "$release/bin/java" ] && grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$release/release" 2>/dev/null; then
    java=$release/bin/java
    break
  fi
done
echo "machine: $(nproc) CPUs, $(uname -r), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"

bench() {
  "${java:?no JDK 25 found}" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "target/classes:target/test-classes:$(cat target/bench.classpath)" "dev.holdfast.bench.$1" "${@:2}"
}
