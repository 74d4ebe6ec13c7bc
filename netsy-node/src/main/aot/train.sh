#!/bin/sh
# Makes APP/netsy.aot, the AOT cache (JEP 483, 514) that lets the program start with its classes
# already loaded and linked. Called by the build of netsy-node after packaging.
#
# usage: train.sh APP
#   APP    the application directory (netsy-node/target/program/netsy)
#
# The cache fits only the JVM flags it was made with: keep them equal to those in ./netsy.
set -eu

app=$1
rm -rf "$app/netsy.aot" "$app/native"

scratch=$app/rehearsal
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"
# The S3 client signs with what it finds here; the bucket of the rehearsal is in the same process and takes anything.
export AWS_ACCESS_KEY_ID=rehearsal AWS_SECRET_ACCESS_KEY=rehearsal AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$java" "$(dirname "$0")/RefreshOldClasses.java" "$app"/lib/picocli-*.jar >"$app/train.log" 2>&1 ||
    echo "warning: picocli stays as it is, so starts take longer; see $app/train.log" >&2
"$java" -XX:AOTCacheOutput="$app/netsy.aot" \
    -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
    -Xmx384m -XX:+UseG1GC -XX:G1HeapRegionSize=4m -XX:+UseCompactObjectHeaders \
    --sun-misc-unsafe-memory-access=allow \
    -cp "$app/lib/netsy-node.jar" io.netsy.node.cli.Rehearsal "$scratch" "$app/native" >>"$app/train.log" 2>&1 || {
    echo "warning: the AOT training run failed, netsy will start without a cache; see $app/train.log" >&2
    rm -f "$app/netsy.aot"
}
