#!/bin/sh
# Makes APP/netsy.aot, the AOT cache (JEP 483, 514) that lets the program start with its classes
# already loaded, linked and profiled. Called by the build of netsy-node after packaging.
#
# usage: train.sh APP true|false
#   APP    the application directory (netsy-node/target/netsy)
#   false  only remove a cache that an older build left, since it no longer fits the jars
#
# The cache fits only the JVM flags it was made with: keep them equal to those in ./netsy.
set -eu

app=$1
rm -f "$app/netsy.aot"
[ "$2" = true ] || exit 0

classpath=$app/lib/netsy-node.jar:$(sed "s#@APP@#$app#g" "$app/classpath")
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:AOTCacheOutput="$app/netsy.aot" \
    -XX:+UseSerialGC -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED \
    -cp "$classpath" io.netsy.node.cli.Netsy version >"$app/train.log" 2>&1 || {
    echo "warning: the AOT training run failed, netsy will start without a cache; see $app/train.log" >&2
    rm -f "$app/netsy.aot"
}
