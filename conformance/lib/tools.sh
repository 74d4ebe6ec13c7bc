# shellcheck shell=bash
# Sourced by the scripts under conformance/, bench/ and chaos-tests/: builds third-party programs from pinned Go modules.
#
#   need_go             ends the script with SKIPPED and exit code 77 when Go cannot be used
#   build_tool NAME     prints the path of the program; builds it first when the cache does not hold it
#   tool_names          prints every NAME that build_tool knows
#
# Call it as   etcd=$(build_tool etcd) || exit   so that SKIPPED (77) and a failed build (1) reach the caller.
# The cache is ${XDG_CACHE_HOME:-$HOME/.cache}/netsy-conformance. A folder in it is named by the module and a hash of its
# go.mod and go.sum, so that a changed version is built anew and an unchanged one is found again, in CI too.

CONFORMANCE_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly CONFORMANCE_DIR
readonly TOOLS_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/netsy-conformance
# The first Go release that downloads a newer toolchain by itself when a go.mod asks for one.
readonly OLDEST_GO_MINOR=21

need_go() {
    command -v go >/dev/null 2>&1 \
        || skip "Go is not installed (no 'go' in PATH). Install Go 1.$OLDEST_GO_MINOR or later from https://go.dev/dl and run this again."
    local version minor
    version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || skip "'go env GOVERSION' failed: the Go installation is broken."
    minor=${version#go1.}
    minor=${minor%%[!0-9]*}
    [[ $minor =~ ^[0-9]+$ && $minor -ge $OLDEST_GO_MINOR ]] \
        || skip "Go 1.$OLDEST_GO_MINOR or later is needed, this is $version. Install it from https://go.dev/dl and run this again."
}

# Ends the script as "not run": 77 is the exit code by which .ci/run tells a skipped check from a failed one.
skip() {
    echo "SKIPPED: $*" >&2
    exit 77
}

# One line per program: name, module folder under conformance/, Go package. A package that begins with ./ is source of
# this project, and its files are part of the cache key.
tool_table() {
    cat <<'TABLE'
etcd                    lib/modules/etcd        go.etcd.io/etcd/server/v3
etcdctl                 lib/modules/etcd        go.etcd.io/etcd/etcdctl/v3
etcdutl                 lib/modules/etcd        go.etcd.io/etcd/etcdutl/v3
versitygw               lib/modules/versitygw   github.com/versity/versitygw/cmd/versitygw
kube-apiserver          kubernetes              k8s.io/kubernetes/cmd/kube-apiserver
kube-controller-manager kubernetes              k8s.io/kubernetes/cmd/kube-controller-manager
kube-scheduler          kubernetes              k8s.io/kubernetes/cmd/kube-scheduler
kubectl                 kubernetes              k8s.io/kubernetes/cmd/kubectl
kubecheck               kubernetes              ./kubecheck
kwok                    kubernetes/kwok         sigs.k8s.io/kwok/cmd/kwok
compare                 etcd                    ./compare
TABLE
}

tool_names() { tool_table | while read -r name _; do echo "$name"; done; }

build_tool() {
    local name module package
    read -r name module package < <(tool_table | while read -r row; do [[ $row == "$1 "* ]] && echo "$row"; done)
    [[ -n ${package-} ]] || {
        echo "build_tool: unknown program '$1'; known: $(tool_names | tr '\n' ' ')" >&2
        return 1
    }
    need_go
    local folder
    folder=$(tool_folder "$module" "$package") || return
    [[ -x $folder/$name ]] || compile_tool "$name" "$CONFORMANCE_DIR/$module" "$package" "$folder" || return
    echo "$folder/$name"
}

# The cache folder of a module: its last path element and a hash of everything that decides what comes out of the build.
tool_folder() { # module package
    local module=$CONFORMANCE_DIR/$1 sources=() hash
    [[ $2 != ./* ]] || sources=("$module/${2#./}"/*.go)
    hash=$(cd "$module" && {
        go env GOOS GOARCH
        cat go.mod go.sum "${sources[@]}"
    } | sha256_of_stdin) || return
    echo "$TOOLS_CACHE/${1##*/}-${hash:0:16}"
}

sha256_of_stdin() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# Builds beside the final name and renames, so that an interrupted or a concurrent build never leaves half a program.
compile_tool() { # name module-folder package cache-folder
    local started=$SECONDS partial="$4/.$1.$$"
    mkdir -p "$4" || return
    echo "building $1 into $4 (the first time takes minutes; the cache keeps it)" >&2
    if ! (cd "$2" && GOWORK=off CGO_ENABLED=0 go build -trimpath -ldflags "$(linker_flags "$3")" -o "$partial" "$3") >&2; then
        rm -f "$partial"
        echo "build_tool: 'go build $3' in $2 failed; the compiler's words are above" >&2
        return 1
    fi
    mv -f "$partial" "$4/$1" && echo "built $1 in $((SECONDS - started)) s" >&2
}

# Kubernetes takes its version from the linker; without it the apiserver would call itself v0.0.0-master.
linker_flags() { # package
    echo -n "-s -w"
    [[ $1 == k8s.io/kubernetes/* ]] || return 0
    local version minor variables
    version=$(GOWORK=off go list -m -f '{{.Version}}' k8s.io/kubernetes) || return
    minor=${version#v1.}
    minor=${minor%%.*}
    for variables in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        echo -n " -X $variables.gitVersion=$version -X $variables.gitMajor=1 -X $variables.gitMinor=$minor"
    done
}
