# shellcheck shell=bash
# Sourced by run: the control plane on three nodes that are killed or restarted while a Deployment is scaled and rolled out
# and probers write. What must hold: every acknowledged write is there, every watch cache equals the store, and apiservers,
# controller-manager, scheduler and kwok are the processes that were started.

readonly PROBE_PAUSE=50ms
readonly CHURN_REPLICAS=20
declare -A PAUSE_MILLIS=() WHOLE_MILLIS=() STRUCK=() EVENTS=()

# The primary is killed again and again. Its disk is kept in odd rounds and gone in even ones; etcd's is kept always, for its
# node would have to be replaced.
check_failovers() { # plane
    local plane=$1 round disk
    check "$plane" "a Deployment of $replicas replicas rolls out" rollout "$plane" before "$replicas"
    start_touching "$plane"
    for ((round = 1; round <= failovers; round++)); do
        disk=kept
        ((round % 2)) || [[ ${STORE_KIND[$plane]} != netsy ]] || disk=lost
        disturb "$plane" "failover-$round" leader kill "$disk"
    done
    check_after_disturbances "$plane"
}

# An apiserver at each node; every node is restarted, and in the middle of that the primary is killed.
check_ha() { # plane
    local plane=$1
    check "$plane" "$replicas pods are Running" rollout "$plane" before "$replicas"
    ROLLOUT_MILLIS[$plane]+=" $((10#$(tr -d . <"$WORK_DIR/$plane.step")))"
    start_touching "$plane"
    disturb "$plane" restart-a node-a stop kept
    disturb "$plane" restart-b node-b stop kept
    disturb "$plane" killed leader kill kept
    disturb "$plane" restart-c node-c stop kept
    check_after_disturbances "$plane"
}

# What kwok lacks of a kubelet; see kubecheck/touch.go.
start_touching() { # plane
    start_process "$1.touch" "${PROGRAM[kubecheck]}" touch-stuck-pods --kubeconfig "$(admin_config "$1" 1)"
}

check_after_disturbances() { # plane
    local plane=$1 apiserver node
    check "$plane" "every write acknowledged before or after any of that is there" all_writes_there "$plane"
    check "$plane" "all nodes read the same at one revision" nodes_read_the_same "$plane"
    check "$plane" "the first Deployment has its $replicas pods" expect "$replicas" running_pods "$plane" before
    check "$plane" "a new Deployment of $CHURN_REPLICAS replicas rolls out" rollout "$plane" after "$CHURN_REPLICAS"
    check "$plane" "all namespaces but the first Deployment's are deleted" delete_namespaces "$plane"
    for apiserver in ${APISERVERS[$plane]}; do
        for node in "${STORE_NODES[@]}"; do
            check "$plane" "the watch caches of apiserver $apiserver equal the store, read at $node" agree_at "$plane" "$apiserver" "$node"
        done
    done
    check "$plane" "the same processes are alive at the end" components_alive "$plane"
    check "$plane" "no component has panicked" no_panics "$plane"
}

# One node is struck under load, comes back, and everything is compared.
disturb() { # plane event node|leader kill|stop kept|lost
    local plane=$1 event=$2 victim=$3 how=$4 disk=$5 apiserver started
    EVENTS[$plane]+=" $event"
    check "$plane" "$event: the load runs" start_load "$plane" "$event" || abort "no load on $plane"
    if [[ $victim == leader ]]; then victim=$(leading_node "$plane") || abort "$event: $plane has no leader, or lacks a standby"; fi
    STRUCK[$plane.$event]=$(now_nanos)
    if [[ $how == kill ]]; then kill_process "$plane.$victim"; else end_process "$plane.$victim"; fi || abort "$victim did not end"
    started=$(now_millis)
    # What reaches the store through that node alone has to wait for it.
    [[ ${APISERVERS[$plane]} == *" "* ]] || check_goes_on "$plane" "$event" "$victim is gone ($how, disk $disk)"
    [[ $disk == kept ]] || rm -rf "$(node_data "$plane" "$victim")"
    start_node "$plane" "$victim"
    check "$plane" "$event: $victim is back and counts" await_nodes "$plane" || abort "$victim did not come back"
    WHOLE_MILLIS[$plane]+=" $(($(now_millis) - started))"
    [[ ${APISERVERS[$plane]} != *" "* ]] || check_goes_on "$plane" "$event" "$victim was away ($how)"
    end_load "$plane"
    for apiserver in ${APISERVERS[$plane]}; do
        check "$plane" "$event: all that apiserver $apiserver acknowledged is there" writes_there "$plane" "$event" "$apiserver"
        PAUSE_MILLIS[$plane]+=" $(longest_pause "$plane")"
        check "$plane" "$event: its watch caches equal the store, read at $victim" agree_at "$plane" "$apiserver" "$victim"
    done
    check "$plane" "$event: the same processes are alive" components_alive "$plane"
}

check_goes_on() { # plane event what
    local apiserver
    for apiserver in ${APISERVERS[$1]}; do
        check "$1" "$2: $3; apiserver $apiserver acknowledges writes" wait_until 60 "a new acknowledged write" \
            written_since "$(load_file "$1" "$2" "probe-$apiserver")" "${STRUCK[$1.$2]}"
    done
    check "$1" "$2: a change of the Deployment is carried out" wait_until 60 "a change that was asked for after it" \
        written_since "$(load_file "$1" "$2" churn)" "${STRUCK[$1.$2]}"
}

load_file() { echo "$WORK_DIR/$1/$2.$3"; }

start_load() { # plane event
    local apiserver
    for apiserver in ${APISERVERS[$1]}; do
        kubectl_on "$1" create namespace "$2-$apiserver" || return
        start_process "$1.probe-$apiserver" "${PROGRAM[kubecheck]}" write --kubeconfig "$(admin_config "$1" "$apiserver")" \
            --namespace "$2-$apiserver" --pause "$PROBE_PAUSE" --file "$(load_file "$1" "$2" "probe-$apiserver")"
    done
    start_process "$1.churn" "${PROGRAM[kubecheck]}" churn --kubeconfig "$(admin_config "$1" 1)" --namespace load \
        --replicas "$CHURN_REPLICAS" --file "$(load_file "$1" "$2" churn)"
    wait_until 60 "20 writes through each apiserver and a change of the Deployment" load_runs "$1" "$2"
}

load_runs() { # plane event
    local apiserver
    for apiserver in ${APISERVERS[$1]}; do has_lines "$(load_file "$1" "$2" "probe-$apiserver")" 20 || return; done
    has_lines "$(load_file "$1" "$2" churn)" 1
}

end_load() { # plane
    local apiserver
    end_process "$1.churn"
    for apiserver in ${APISERVERS[$1]}; do end_process "$1.probe-$apiserver"; done
}

writes_there() { # plane event apiserver
    "${PROGRAM[kubecheck]}" verify-writes --kubeconfig "$(admin_config "$1" "$3")" --namespace "$2-$3" \
        --file "$(load_file "$1" "$2" "probe-$3")" --since "${STRUCK[$1.$2]}"
}

all_writes_there() { # plane
    local event apiserver
    for event in ${EVENTS[$1]}; do
        for apiserver in ${APISERVERS[$1]}; do writes_there "$1" "$event" "$apiserver" || return; done
    done
}

# Milliseconds, from the line that verify-writes has just printed.
longest_pause() { # plane
    local text
    text=$(sed -n 's/.*the longest pause \([0-9]*\)\.\([0-9]*\) s.*/\1\2/p' "$WORK_DIR/$1.step")
    echo $((10#${text:-0}))
}

agree_at() { # plane apiserver node
    "${PROGRAM[kubecheck]}" agree --kubeconfig "$(admin_config "$1" "$2")" --endpoint "${NODE_URL[$1.$3]}" --timeout 30s
}

# The first node's image at its newest revision must be what the others hold at that revision.
nodes_read_the_same() { # plane
    local image=$WORK_DIR/$1/store.json node
    "${PROGRAM[kubecheck]}" store-save --endpoint "${NODE_URL[$1.${STORE_NODES[0]}]}" --file "$image" || return
    for node in "${STORE_NODES[@]:1}"; do
        "${PROGRAM[kubecheck]}" store-verify --endpoint "${NODE_URL[$1.$node]}" --file "$image" || return
    done
}

running_pods() { kubectl_on "$1" -n "$2" get pods --field-selector=status.phase=Running -o name | wc -l; } # plane namespace

delete_namespaces() { # plane
    local event apiserver names=(after load functions watched)
    for event in ${EVENTS[$1]}; do
        for apiserver in ${APISERVERS[$1]}; do names+=("$event-$apiserver"); done
    done
    kubectl_on "$1" delete namespace "${names[@]}" --timeout=110s
}

report_disturbances() { # what was done
    local plane text measured=''
    for plane in "${planes[@]}"; do
        # shellcheck disable=SC2086 # lists of numbers
        {
            echo "$plane:${EVENTS[$plane]}; pause of writes at each, for each apiserver:$(print_all ${PAUSE_MILLIS[$plane]:-});" \
                "until all nodes counted again:$(print_all ${WHOLE_MILLIS[$plane]:-})"
            text="$plane median $(seconds "$(median ${PAUSE_MILLIS[$plane]:-0})") s, longest $(seconds "$(longest ${PAUSE_MILLIS[$plane]:-0})") s"
            [[ -z ${ROLLOUT_MILLIS[$plane]-} ]] || text+=", $replicas pods Running after $(seconds ${ROLLOUT_MILLIS[$plane]}) s"
        }
        measured+="${measured:+; }$text"
    done
    echo "machine: $(getconf _NPROCESSORS_ONLN) processors, load average $(cut -d ' ' -f 1-3 /proc/loadavg)"
    ((${#FAILED[@]} == 0)) || abort "${#FAILED[@]} of $CHECKS checks; the first: ${FAILED[0]}"
    verdict="PASS $CHECKS checks, no component restarted; pause of writes at $1: $measured"
}

longest() { printf '%s\n' "$@" | sort -n | tail -n 1; } # numbers...
