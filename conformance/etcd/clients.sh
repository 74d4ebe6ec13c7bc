# shellcheck shell=bash
# Sourced by run: sessions of client libraries in other languages. Each session is run against real etcd and against the
# server under test, and must print the same.

step_python() {
    local python
    python=$(prepare_python) || return
    run_session "python, gRPC" "$python" "$HERE/clients/python/session_grpc.py" --split || return
    run_session "python, gateway" "$python" "$HERE/clients/python/session_gateway.py" --split || return
    echo "python: both sessions agree"
}

step_javascript() {
    local folder
    folder=$(prepare_javascript) || return
    run_session "javascript" node "$folder/session.mjs" || return
    echo "javascript: the session agrees"
}

# A virtual environment in the cache, named by a hash of what is installed in it.
prepare_python() {
    local folder
    python3 -c 'import venv, ensurepip' 2>/dev/null || not_here "python: needs python3 with venv" || return
    folder=$TOOLS_CACHE/python-$({ python3 --version && cat "$HERE/clients/python/requirements.txt"; } | sha256_of_stdin | cut -c1-16)
    if [[ ! -e $folder/complete ]]; then
        rm -rf "$folder"
        { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$HERE/clients/python/requirements.txt"; } >&2 \
            || not_here "python: the packages could not be installed; their registry may be out of reach" || return
        touch "$folder/complete"
    fi
    echo "$folder/bin/python"
}

# Node looks for packages beside the program, so the program is copied to them.
prepare_javascript() {
    local folder
    command -v node >/dev/null && command -v npm >/dev/null || not_here "javascript: needs node and npm" || return
    folder=$TOOLS_CACHE/javascript-$(sha256_of_stdin <"$HERE/clients/javascript/package-lock.json" | cut -c1-16)
    mkdir -p "$folder" && cp "$HERE"/clients/javascript/{package.json,package-lock.json,session.mjs} "$folder" || return
    if [[ ! -e $folder/complete ]]; then
        (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel error) >&2 \
            || not_here "javascript: the packages could not be installed; their registry may be out of reach" || return
        touch "$folder/complete"
    fi
    echo "$folder"
}

not_here() {
    echo "SKIPPED $*" >&2
    return 77
}

# Runs PROGRAM SCRIPT against both servers, with "HOST PORT" after --split and "HOST:PORT" without.
run_session() { # name program script [--split]
    local name=$1 program=$2 script=$3 split=${4-} store address arguments
    declare -gA SESSION_ADDRESS=()
    start_etcd_for_session || return
    start_netsy_for_session || return
    for store in etcd netsy; do
        address=${SESSION_ADDRESS[$store]}
        arguments=("$address")
        [[ -z $split ]] || arguments=("${address%:*}" "${address##*:}")
        timeout 120 "$program" "$script" "${arguments[@]}" >"$WORK_DIR/$store.session" 2>"$WORK_DIR/$store.complaints"
        echo "exit $?" >>"$WORK_DIR/$store.session"
    done
    end_process etcd
    [[ -n $endpoint ]] || end_process netsy
    if ! grep -q '^end of the session' "$WORK_DIR/etcd.session"; then
        echo "$name: the session itself is broken, it fails on etcd:"
        cat "$WORK_DIR/etcd.session"
        tail -n 12 "$WORK_DIR/etcd.complaints"
        return 1
    fi
    if ! diff -u --label etcd --label netsy "$WORK_DIR/etcd.session" "$WORK_DIR/netsy.session"; then
        tail -n 12 "$WORK_DIR/netsy.complaints"
        return 1
    fi
    echo "ok   $name ($(wc -l <"$WORK_DIR/etcd.session") lines)"
}

start_etcd_for_session() {
    local client peer
    free_port client && free_port peer || return
    SESSION_ADDRESS[etcd]=127.0.0.1:$client
    start_process etcd "$etcd" --name e1 --data-dir "$(mktemp -d "$WORK_DIR/etcd.XXXXXX")" --log-level error \
        --listen-client-urls "http://127.0.0.1:$client" --advertise-client-urls "http://127.0.0.1:$client" \
        --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
        --initial-cluster "e1=http://127.0.0.1:$peer"
    wait_until 60 "etcd to answer" knows_its_members "127.0.0.1:$client"
}

start_netsy_for_session() {
    local client folder
    SESSION_ADDRESS[netsy]=$endpoint
    [[ -z $endpoint ]] || return 0
    free_port client || return
    folder=$(mktemp -d "$WORK_DIR/netsy.XXXXXX")
    SESSION_ADDRESS[netsy]=127.0.0.1:$client
    start_process netsy env NETSY_SKIP_BUILD=1 "$netsy" start --name n1 --store "file:$folder/bucket" \
        --data-dir "$folder/data" --listen-client "127.0.0.1:$client"
    wait_until 60 "netsy to answer" knows_its_members "127.0.0.1:$client"
}

# A server answers a second before its cluster's members have told it their client addresses.
knows_its_members() { # address
    local members
    members=$("$etcdctl" --endpoints "$1" --command-timeout 1s member list) &&
        ! grep -qv '^[0-9a-f]*, started, [^,]*, http[^,]*, http' <<<"$members"
}
