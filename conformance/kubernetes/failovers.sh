# shellcheck shell=bash
# Sourced by run: the control plane on three nodes whose primary is killed again and again, while a Deployment is scaled
# and rolled out and a prober writes. What must hold: every acknowledged write is there, every watch cache equals the
# store, and apiserver, controller-manager, scheduler and kwok are the processes that were started.

readonly PROBE_PAUSE=20ms
readonly CHURN_REPLICAS=20
declare -A GAP_MILLIS=() WHOLE_MILLIS=() KILLED=()

check_failovers() { # plane
    local plane=$1 round
    check "$plane" "a Deployment of $replicas replicas rolls out" rollout "$plane" before "$replicas"
    for ((round = 1; round <= failovers; round++)); do fail_over "$plane" "$round"; done
    check "$plane" "every write acknowledged before and after any of the kills is there" all_probes_there "$plane"
    check "$plane" "all nodes read the same at one revision" nodes_read_the_same "$plane"
    check "$plane" "the Deployment from before has its $replicas pods" expect "$replicas" running_pods "$plane" before
    check "$plane" "a new Deployment of $CHURN_REPLICAS replicas rolls out" rollout "$plane" after "$CHURN_REPLICAS"
    check "$plane" "all namespaces of the failovers are deleted" delete_failover_namespaces "$plane"
    for url in $(node_urls "$plane" | tr , ' '); do
        check "$plane" "every watch cache equals the store, as ${url##*/} has it" agree "$plane" "$url"
    done
    check "$plane" "the same processes are alive at the end" components_alive "$plane"
    check "$plane" "no component has panicked" no_panics "$plane"
}

# One kill: the disk is kept in odd rounds and gone in even ones; etcd's is kept always, for its node would have to be replaced.
fail_over() { # plane round
    local plane=$1 round=$2 what="disk kept" victim started
    ((round % 2)) || [[ ${STORE_KIND[$plane]} != netsy ]] || what="disk lost"
    start_load "$plane" "$round"
    check "$plane" "failover $round: the load runs" wait_until 60 "20 writes and a change" load_runs "$plane" "$round"
    victim=$(leading_node "$plane") || abort "the nodes of $plane are not ready for failover $round: $victim"
    KILLED[$plane.$round]=$(now_nanos)
    kill_process "$plane.$victim" || abort "$victim could not be killed"
    check "$plane" "failover $round: $victim is killed; writes are acknowledged again" wait_until 60 "a new acknowledged write" \
        written_since "$(load_file "$plane" "$round" probe)" "${KILLED[$plane.$round]}"
    check "$plane" "failover $round: a change of the Deployment is carried out" wait_until 60 "a new change" \
        written_since "$(load_file "$plane" "$round" churn)" "${KILLED[$plane.$round]}"
    [[ $what == "disk kept" ]] || rm -rf "$(node_data "$plane" "$victim")"
    started=$(now_millis)
    start_node "$plane" "$victim"
    check "$plane" "failover $round: $victim is back, $what" await_nodes "$plane" || abort "$victim did not come back"
    WHOLE_MILLIS[$plane]+=" $(($(now_millis) - started))"
    end_load "$plane"
    check "$plane" "failover $round: every acknowledged write is there" probe_there "$plane" "$round"
    GAP_MILLIS[$plane]+=" $(sed -n 's/.*the first new one after \([0-9]*\)\.\([0-9]*\) s$/\1\2/p' "$WORK_DIR/$plane.step" | sed 's/^0*\(.\)/\1/')"
    check "$plane" "failover $round: every watch cache equals the store, as $victim has it" agree "$plane" "${NODE_URL[$plane.$victim]}"
    check "$plane" "failover $round: the same processes are alive" components_alive "$plane"
}

load_file() { echo "$WORK_DIR/$1/$3-$2"; }

start_load() { # plane round
    local config=${PKI[$1]}/admin.kubeconfig
    kubectl_on "$1" create namespace "failover-$2" >/dev/null || abort "no namespace could be created on $1"
    start_process "$1.prober" "${PROGRAM[kubecheck]}" write --kubeconfig "$config" --namespace "failover-$2" \
        --pause "$PROBE_PAUSE" --file "$(load_file "$1" "$2" probe)"
    start_process "$1.churn" "${PROGRAM[kubecheck]}" churn --kubeconfig "$config" --namespace load \
        --replicas "$CHURN_REPLICAS" --file "$(load_file "$1" "$2" churn)"
}

end_load() { # plane
    end_process "$1.churn"
    end_process "$1.prober"
}

load_runs() { # plane round
    has_lines "$(load_file "$1" "$2" probe)" 20 && has_lines "$(load_file "$1" "$2" churn)" 1
}

probe_there() { # plane round
    verify_writes "$1" "$(load_file "$1" "$2" probe)" "${KILLED[$1.$2]}" "failover-$2"
}

all_probes_there() { # plane
    local round
    for ((round = 1; round <= failovers; round++)); do probe_there "$1" "$round" || return; done
}

nodes_read_the_same() { # plane
    local image=$WORK_DIR/$1/store.json node
    for node in "${STORE_NODES[@]}"; do
        if [[ -e $image ]]; then
            "${PROGRAM[kubecheck]}" store-verify --endpoint "${NODE_URL[$1.$node]}" --file "$image" || return
        else
            "${PROGRAM[kubecheck]}" store-save --endpoint "${NODE_URL[$1.$node]}" --file "$image" || return
        fi
    done
}

running_pods() { kubectl_on "$1" -n "$2" get pods --field-selector=status.phase=Running -o name | wc -l; }

delete_failover_namespaces() { # plane
    local round names=(before after load functions watched)
    for ((round = 1; round <= failovers; round++)); do names+=("failover-$round"); done
    kubectl_on "$1" delete namespace "${names[@]}" --timeout=110s
}

report_failovers() {
    local plane gaps='' text
    for plane in "${planes[@]}"; do
        # shellcheck disable=SC2086 # lists of numbers
        {
            echo "$plane: first new write after kill -9:$(print_all ${GAP_MILLIS[$plane]:-}); ready for the next loss after a restart:$(print_all ${WHOLE_MILLIS[$plane]:-})"
            text="$plane median $(seconds "$(median ${GAP_MILLIS[$plane]:-0})") s, longest $(seconds "$(longest ${GAP_MILLIS[$plane]:-0})") s"
        }
        gaps+="${gaps:+; }$text"
    done
    echo "machine: $(getconf _NPROCESSORS_ONLN) processors, load average $(cut -d ' ' -f 1-3 /proc/loadavg)"
    ((${#FAILED[@]} == 0)) || abort "${#FAILED[@]} of $CHECKS checks; the first: ${FAILED[0]}"
    verdict="PASS $CHECKS checks; $failovers failovers under one control plane without a restart; first new write after kill -9: $gaps"
}

longest() { printf '%s\n' "$@" | sort -n | tail -n 1; }
