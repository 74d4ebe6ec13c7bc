# shellcheck shell=bash
# Sourced by run: a store and a Kubernetes control plane on it, one set per plane. A plane's name begins the names of its
# processes and logs: netsy.store, netsy.kube-apiserver and so on.

declare -A STORE_KIND=() STORE_URL=() STORE_PEER_PORT=() STORE_METRICS_PORT=() STORE_DATA=() API_URL=() PKI=() PROGRAM=()
# The numbers of a plane's apiservers, separated by spaces: 1, or with --ha one for each node.
declare -A APISERVERS=()
# The programs of a plane, and the names of the processes that must live as long as it does.
readonly KUBERNETES=(kube-apiserver kube-controller-manager kube-scheduler kwok)
COMPONENTS=("${KUBERNETES[@]}")
# Without these the controller-manager's own limit of 20 requests a second hides the store's speed.
readonly UNTHROTTLED=(--kube-api-qps=1000 --kube-api-burst=2000)

prepare_programs() {
    local name
    for name in etcdctl kubecheck "${KUBERNETES[@]}"; do PROGRAM[$name]=$(build_tool "$name") || return; done
    [[ -z $compare && $under_test == netsy ]] || PROGRAM[etcd]=$(build_tool etcd) || return
    PROGRAM[kubectl]=$(find_kubectl) || PROGRAM[kubectl]=$(build_tool kubectl) || return
    prepare_stages
}

# Kubernetes supports a kubectl that is at most one minor version away from the apiserver; another one is not used.
find_kubectl() {
    local found server client
    found=$(command -v kubectl) || return 1
    server=$("${PROGRAM["kube-apiserver"]}" --version | sed -n 's/.*v1\.\([0-9]*\).*/\1/p')
    client=$("$found" version --client 2>/dev/null | sed -n 's/^Client Version: v1\.\([0-9]*\).*/\1/p')
    [[ -n $client && $((server - client)) -ge -1 && $((server - client)) -le 1 ]] || return 1
    echo "$found"
}

# kwok learns from files what its nodes and pods do. They are part of its module, and are kept beside the program.
prepare_stages() {
    local folder source
    folder=$(dirname "${PROGRAM[kwok]}")/stages
    STAGES=("$folder"/*.yaml)
    [[ ! -e ${STAGES[0]} ]] || return 0
    source=$(cd "$HERE/kwok" && GOWORK=off go mod download sigs.k8s.io/kwok && GOWORK=off go list -m -f '{{.Dir}}' sigs.k8s.io/kwok) || return
    mkdir -p "$folder"
    install -m 644 "$source"/kustomize/stage/node/fast/node-initialize.yaml "$source"/kustomize/stage/pod/fast/pod-*.yaml \
        "$source"/kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml "$folder" || return
    STAGES=("$folder"/*.yaml)
}

# The launcher builds Netsy when its sources are newer than the build; here, so that no measured start does.
prepare_netsy() {
    local log=$WORK_DIR/logs/netsy-build.log
    "$REPOSITORY/netsy" --version >"$log" 2>&1 && return 0
    echo "'netsy --version' failed; $log says:" >&2
    { grep -m 5 -F '[ERROR]' "$log" || tail -n 5 "$log"; } >&2
    return 1
}

start_plane() { # plane
    local plane=$1
    STORE_KIND[$plane]=etcd
    [[ $plane != netsy ]] || STORE_KIND[$plane]=netsy
    mkdir -p "$WORK_DIR/$plane"
    if [[ $cluster == elected ]]; then prepare_nodes "$plane"; else prepare_store "$plane"; fi || return
    timed "$plane" "store serves" start_store "$plane" || return
    timed "$plane" "kube-apiserver is ready" start_apiservers "$plane" || return
    timed "$plane" "controller-manager and scheduler are healthy" start_components "$plane" || return
    timed "$plane" "$nodes nodes are Ready" add_nodes "$plane"
}

prepare_store() { # plane
    local plane=$1 client peer metrics
    free_port client && free_port peer && free_port metrics || return
    STORE_URL[$plane]=http://127.0.0.1:$client
    STORE_PEER_PORT[$plane]=$peer STORE_METRICS_PORT[$plane]=$metrics
    STORE_DATA[$plane]=$WORK_DIR/$plane/data
}

start_store() { # plane
    if [[ $cluster == elected ]]; then
        start_nodes "$1"
        return
    fi
    "launch_${STORE_KIND[$1]}" "$1"
    wait_until 60 "the store of $1 to answer a linearizable read on ${STORE_URL[$1]}" store_answers "$1"
}

store_answers() { "${PROGRAM[etcdctl]}" --endpoints "${STORE_URL[$1]}" --command-timeout 1s get readiness; }

launch_etcd() { # plane
    local peer=http://127.0.0.1:${STORE_PEER_PORT[$1]}
    start_process "$1.store" "${PROGRAM[etcd]}" --name "$1" --data-dir "${STORE_DATA[$1]}" --log-level warn \
        --listen-client-urls "${STORE_URL[$1]}" --advertise-client-urls "${STORE_URL[$1]}" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "$1=$peer"
}

launch_netsy() { # plane
    local launcher=$REPOSITORY/netsy
    [[ -z $cluster ]] || launcher=$HERE/../lib/netsy-cluster
    start_process "$1.store" env NETSY_SKIP_BUILD=1 CONFORMANCE_COMMIT=on CONFORMANCE_STANDBYS='ANY 1 (node-b, node-c)' \
        CONFORMANCE_ADDRESSES="$WORK_DIR/$1/addresses" "$launcher" start --name n1 --store "s3://conformance/$1" \
        --s3-endpoint "$S3_ENDPOINT" --s3-path-style --s3-region us-east-1 --data-dir "${STORE_DATA[$1]}" \
        --listen-client "${STORE_URL[$1]#http://}" --listen-metrics "127.0.0.1:${STORE_METRICS_PORT[$1]}"
}

# kill -9; Netsy's data folder goes with it, for its truth is the bucket. etcd's stays, for it has no other.
lose_store() { # plane
    kill_process "$1.store" || return
    if port_open "${STORE_URL[$1]##*:}"; then
        echo "something still listens on ${STORE_URL[$1]} after kill -9 of the store" >&2
        return 1
    fi
    [[ ${STORE_KIND[$1]} != netsy ]] || rm -rf "${STORE_DATA[$1]:?}"
}

# One URL, or those of all nodes, separated by commas.
store_urls() { # plane
    if [[ $cluster == elected ]]; then
        node_urls "$1"
    elif [[ $cluster == all && $1 == netsy ]]; then
        sed 's#^#http://#' "$WORK_DIR/$1/addresses" | paste -sd, -
    else
        echo "${STORE_URL[$1]}"
    fi
}

# One apiserver, or with --ha one for each node of the store, which talks to that node alone; the controller-manager, the scheduler
# and kwok then have one each.
start_apiservers() { # plane
    local plane=$1 pki=$WORK_DIR/$1/pki number port url stores clients=(kube-controller-manager kube-scheduler kwok)
    stores=("$(store_urls "$plane")")
    [[ -z $ha ]] || IFS=, read -ra stores <<<"${stores[0]}"
    PKI[$plane]=$pki
    for number in "${!stores[@]}"; do
        free_port port || return
        url=https://127.0.0.1:$port
        if ((number == 0)); then
            API_URL[$plane]=$url
            "${PROGRAM[kubecheck]}" pki --dir "$pki" --server "$url" >/dev/null || return
        else
            sed "s#${API_URL[$plane]}#$url#" "$pki/admin.kubeconfig" >"$(admin_config "$plane" $((number + 1)))" || return
            sed -i "s#${API_URL[$plane]}#$url#" "$pki/${clients[number]}.kubeconfig" || return
        fi
        APISERVERS[$plane]+="${APISERVERS[$plane]:+ }$((number + 1))"
        launch_apiserver "$plane" "$(apiserver_name $((number + 1)))" "$port" "${stores[number]}"
        wait_until 120 "kube-apiserver $((number + 1)) of $plane to be ready" apiserver_ready "$plane" $((number + 1)) || return
    done
}

apiserver_name() { if (($1 == 1)); then echo kube-apiserver; else echo "kube-apiserver-$1"; fi; } # number

admin_config() { # plane number
    if (($2 == 1)); then echo "${PKI[$1]}/admin.kubeconfig"; else echo "${PKI[$1]}/admin-$2.kubeconfig"; fi
}

apiserver_ready() { # plane number
    kubectl_on "$1" --kubeconfig="$(admin_config "$1" "$2")" get --raw /readyz
}

launch_apiserver() { # plane name port store
    local pki=${PKI[$1]}
    # The advertised address is data for the Endpoints of the service 'kubernetes', where loopback is not allowed. It is
    # from the block kept for documentation, and nothing connects to it.
    start_process "$1.$2" "${PROGRAM["kube-apiserver"]}" --etcd-servers="$4" \
        --bind-address=127.0.0.1 --secure-port="$3" --advertise-address=192.0.2.1 \
        --tls-cert-file="$pki/serving.crt" --tls-private-key-file="$pki/serving.key" --client-ca-file="$pki/ca.crt" \
        --authorization-mode=Node,RBAC --service-cluster-ip-range=10.96.0.0/16 \
        --service-account-issuer=https://kubernetes.default.svc \
        --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key"
}

start_components() { # plane
    local plane=$1 pki=${PKI[$1]} manager scheduler kwok common
    free_port manager && free_port scheduler && free_port kwok || return
    mapfile -t common < <(component_flags "$pki" kube-controller-manager "$manager")
    start_process "$plane.kube-controller-manager" "${PROGRAM["kube-controller-manager"]}" "${common[@]}" \
        --service-account-private-key-file="$pki/sa.key" --root-ca-file="$pki/ca.crt" --use-service-account-credentials=true
    mapfile -t common < <(component_flags "$pki" kube-scheduler "$scheduler")
    start_process "$plane.kube-scheduler" "${PROGRAM["kube-scheduler"]}" "${common[@]}"
    start_process "$plane.kwok" env HOME="$WORK_DIR/home" "${PROGRAM[kwok]}" --kubeconfig="$pki/kwok.kubeconfig" \
        --manage-all-nodes=true --cidr=10.244.0.0/16 --node-ip=127.0.0.1 --node-lease-duration-seconds=40 \
        --server-address="127.0.0.1:$kwok" "${STAGES[@]/#/--config=}"
    wait_until 60 "kube-controller-manager of $plane to be healthy" \
        kubectl_on "$plane" --server="https://127.0.0.1:$manager" get --raw /healthz || return
    wait_until 60 "kube-scheduler of $plane to be healthy" \
        kubectl_on "$plane" --server="https://127.0.0.1:$scheduler" get --raw /healthz
}

# What the controller-manager and the scheduler have in common, one flag a line.
component_flags() { # pki name port
    local config=$1/$2.kubeconfig
    printf '%s\n' --kubeconfig="$config" --authentication-kubeconfig="$config" --authorization-kubeconfig="$config" \
        --bind-address=127.0.0.1 --secure-port="$3" --tls-cert-file="$1/serving.crt" --tls-private-key-file="$1/serving.key" \
        --leader-elect=true "${UNTHROTTLED[@]}"
}

add_nodes() { # plane
    local index
    for ((index = 0; index < nodes; index++)); do node_manifest "node-$index"; done >"$WORK_DIR/$1/nodes.yaml"
    kubectl_on "$1" apply --server-side -f "$WORK_DIR/$1/nodes.yaml" >/dev/null || return
    wait_until 60 "$nodes nodes of $1 to be Ready" nodes_ready "$1"
}

node_manifest() { # name
    cat <<YAML
---
apiVersion: v1
kind: Node
metadata:
  name: $1
  labels: {kubernetes.io/hostname: $1, kubernetes.io/os: linux, kubernetes.io/arch: amd64}
status:
  allocatable: {cpu: "64", memory: 256Gi, pods: "500"}
  capacity: {cpu: "64", memory: 256Gi, pods: "500"}
YAML
}

nodes_ready() { # plane
    local states
    states=$(kubectl_on "$1" get nodes -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}') || return
    [[ $(grep -c '^True$' <<<"$states") -eq $nodes ]] || {
        echo "Ready: $(tr '\n' ' ' <<<"$states")"
        return 1
    }
}

# Ends what belongs to a plane, last started first; the store's nodes, which may have been started anew, at the end.
end_plane() { # plane
    local index name names=("${PROCESS_ORDER[@]}")
    for ((index = ${#names[@]} - 1; index >= 0; index--)); do
        [[ ${names[index]} != "$1".* || ${names[index]} == "$1".node-* ]] || end_process "${names[index]}"
    done
    for name in "${names[@]}"; do [[ $name != "$1".node-* ]] || end_process "$name"; done
}

# No single kubectl call may outlast its bound, whatever the apiserver does.
kubectl_on() { # plane arguments...
    local plane=$1
    shift
    HOME=$WORK_DIR/home timeout 120 "${PROGRAM[kubectl]}" --kubeconfig="${PKI[$plane]}/admin.kubeconfig" "$@"
}
