# shellcheck shell=bash
# Sourced by run: a store of three nodes, each a process of its own that can be killed and started again alone. Netsy's elect
# their primary, etcd's their leader. The process of a node is PLANE.NODE, its URL NODE_URL[PLANE.NODE].

readonly STORE_NODES=(node-a node-b node-c)
declare -A NODE_URL=() NODE_PEER=()

# Gives each node its addresses; the plane's own URL is the first one's.
prepare_nodes() { # plane
    local plane=$1 node client peer
    for node in "${STORE_NODES[@]}"; do
        free_port client && free_port peer || return
        NODE_URL[$plane.$node]=http://127.0.0.1:$client
        NODE_PEER[$plane.$node]=127.0.0.1:$peer
    done
    STORE_URL[$plane]=${NODE_URL[$plane.${STORE_NODES[0]}]}
}

node_urls() { # plane
    local node urls=()
    for node in "${STORE_NODES[@]}"; do urls+=("${NODE_URL[$1.$node]}"); done
    (IFS=, && echo "${urls[*]}")
}

# NAME=PEER of all nodes, separated by commas; etcd wants URLs.
node_peers() { # plane scheme
    local node peers=()
    for node in "${STORE_NODES[@]}"; do peers+=("$node=$2${NODE_PEER[$1.$node]}"); done
    (IFS=, && echo "${peers[*]}")
}

start_nodes() { # plane
    local node
    for node in "${STORE_NODES[@]}"; do start_node "$1" "$node" || return; done
    await_nodes "$1"
}

start_node() { # plane node
    if [[ ${STORE_KIND[$1]} == netsy ]]; then
        start_process "$1.$2" env NETSY_SKIP_BUILD=1 "$REPOSITORY/netsy" start --name "$2" --store "s3://conformance/$1" \
            --s3-endpoint "$S3_ENDPOINT" --s3-path-style --s3-region us-east-1 --data-dir "$(node_data "$1" "$2")" \
            --listen-client "${NODE_URL[$1.$2]#http://}" --listen-peer "${NODE_PEER[$1.$2]}" --cluster-nodes "$(node_peers "$1" '')"
    else
        local peer=http://${NODE_PEER[$1.$2]}
        start_process "$1.$2" "${PROGRAM[etcd]}" --name "$2" --data-dir "$(node_data "$1" "$2")" --log-level warn \
            --listen-client-urls "${NODE_URL[$1.$2]}" --advertise-client-urls "${NODE_URL[$1.$2]}" \
            --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "$(node_peers "$1" http://)"
    fi
}

node_data() { echo "$WORK_DIR/$1/$2"; }

# Prints the leader's URL once every node is ready for the loss of one.
await_nodes() { # plane
    "${PROGRAM[kubecheck]}" await-nodes --endpoint "$(node_urls "$1")" --timeout 90s
}

node_at() { # plane url
    local node
    for node in "${STORE_NODES[@]}"; do
        [[ ${NODE_URL[$1.$node]} != "$2" ]] || echo "$node"
    done
}

leading_node() { # plane
    local url
    url=$(await_nodes "$1" 2>&1) || {
        echo "$url" >&2
        return 1
    }
    node_at "$1" "$url"
}
