# Finds a JDK of the required feature version and exports it as JAVA_HOME.
#
# Sourced by ./mvnw and ./netsy. POSIX sh. Order: JAVA_HOME, the java on PATH, then the places where
# packages, SDKMAN, asdf, mise, jenv, Homebrew and macOS put JDKs. The highest version found in the
# first place that has one wins. NETSY_JDK_VERSION overrides the required version.

netsy_jdk_required=${NETSY_JDK_VERSION:-25}

# Prints the feature version of the JDK in directory $1 ("25"), or nothing if it holds none.
netsy_jdk_feature() {
    [ -x "$1/bin/java" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9][0-9]*\).*/\1/p' "$1/release" | head -n 1
    else
        "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9][0-9]*\).*/\1/p' | head -n 1
    fi
}

# True if directory $1 holds a JDK that is new enough and, when $2 is "compiler", has javac.
netsy_jdk_fits() {
    netsy_jdk_found=$(netsy_jdk_feature "$1")
    [ -n "$netsy_jdk_found" ] && [ "$netsy_jdk_found" -ge "$netsy_jdk_required" ] || return 1
    [ "$2" != compiler ] || [ -x "$1/bin/javac" ]
}

# Prints candidate directories, one a line, best first.
netsy_jdk_candidates() {
    [ -z "${JAVA_HOME:-}" ] || printf '%s\n' "$JAVA_HOME"
    if netsy_java=$(command -v java 2>/dev/null); then
        netsy_java=$(readlink -f "$netsy_java" 2>/dev/null || printf '%s' "$netsy_java")
        printf '%s\n' "${netsy_java%/bin/java}"
    fi
    if [ -x /usr/libexec/java_home ]; then
        /usr/libexec/java_home -v "$netsy_jdk_required+" 2>/dev/null || :
    fi
    for netsy_dir in \
        /usr/lib/jvm/*25* /usr/lib/jvm/* /usr/java/* /opt/*jdk*25* /opt/*jdk* /opt/java/* /usr/local/*jdk* \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.asdf/installs/java/* \
        "$HOME"/.local/share/mise/installs/java/* "$HOME"/.jenv/versions/* "$HOME"/.jdks/* \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ ! -x "$netsy_dir/bin/java" ] || printf '%s\n' "$netsy_dir"
    done
}

# Exports JAVA_HOME, or explains what is missing and returns 1. $1: "compiler" if javac is needed.
netsy_find_jdk() {
    netsy_jdk_list=$(netsy_jdk_candidates)
    netsy_old_ifs=$IFS
    IFS='
'
    for netsy_dir in $netsy_jdk_list; do
        if netsy_jdk_fits "$netsy_dir" "${1:-}"; then
            IFS=$netsy_old_ifs
            JAVA_HOME=$netsy_dir
            export JAVA_HOME
            return 0
        fi
    done
    IFS=$netsy_old_ifs
    {
        echo "error: no JDK $netsy_jdk_required or newer was found."
        echo "  looked at: JAVA_HOME (${JAVA_HOME:-not set}), java on PATH, and the usual install directories:"
        if [ -n "$netsy_jdk_list" ]; then
            printf '%s\n' "$netsy_jdk_list" | sort -u | sed 's/^/    /'
        else
            echo "    (none holds a JDK)"
        fi
        echo "  to get one, use any of:"
        echo "    Debian/Ubuntu   apt-get install openjdk-$netsy_jdk_required-jdk   (or temurin-$netsy_jdk_required-jdk from Adoptium)"
        echo "    Fedora/RHEL     dnf install java-$netsy_jdk_required-openjdk-devel"
        echo "    macOS           brew install openjdk@$netsy_jdk_required"
        echo "    SDKMAN          sdk install java $netsy_jdk_required-tem"
        echo "  or set JAVA_HOME to the directory of one that is installed elsewhere."
    } >&2
    return 1
}
