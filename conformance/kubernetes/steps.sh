# shellcheck shell=bash
# Sourced by run: the steps that every plane goes through, and the verdict over them.

CHECKS=0
FAILED=()
declare -A ROLLOUT_MILLIS=() DELETE_MILLIS=() LOSS_FIGURES=()

now_millis() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
now_nanos() { echo "${EPOCHREALTIME/[.,]/}000"; }
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }

# Runs a command and prints one line on how it went; the last line that it printed is shown, in full when it failed.
timed() { # plane what command...
    local plane=$1 what=$2 started status output
    shift 2
    output=$WORK_DIR/$plane.step
    started=$(now_millis)
    "$@" >"$output" 2>&1
    status=$?
    local took=$(($(now_millis) - started))
    if ((status == 0)); then
        printf 'ok      %-16s %-62s %8s s  %s\n' "$plane" "$what" "$(seconds "$took")" "$(tail -n 1 "$output")"
    else
        printf 'not ok  %-16s %-62s %8s s\n' "$plane" "$what" "$(seconds "$took")"
        sed 's/^/        /' "$output"
    fi
    return "$status"
}

# A timed command whose success is required for PASS. The run goes on after a failure to show what else fails, unless
# a process has ended: then everything after it would fail as well and hide the reason.
check() { # plane what command...
    local ended
    CHECKS=$((CHECKS + 1))
    timed "$@" && return 0
    FAILED+=("$1: $2")
    if ended=$(first_ended_process); then
        tail -n 5 "$WORK_DIR/logs/$ended.log" | sed 's/^/        /'
        abort "$ended has ended, noticed at: $2"
    fi
    return 1
}

check_functions() { # plane
    check "$1" "a namespace is created" kubectl_on "$1" create namespace functions
    check "$1" "CRD and custom resource: define, create, refuse, patch, read" custom_resource "$1"
    check "$1" "server-side apply: own, conflict, force" server_side_apply "$1"
    check "$1" "an update at a stale resourceVersion is refused" stale_update "$1"
    check "$1" "watches report every change once and in order" \
        "${PROGRAM[kubecheck]}" watch --kubeconfig "${PKI[$1]}/admin.kubeconfig" --namespace watched --timeout 60s
}

custom_resource() { # plane
    kubectl_on "$1" apply -f - <<'YAML' || return
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gauges.conformance.example.com}
spec:
  group: conformance.example.com
  scope: Namespaced
  names: {plural: gauges, singular: gauge, kind: Gauge}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {level: {type: integer, maximum: 100}}}
YAML
    kubectl_on "$1" wait --for=condition=Established crd/gauges.conformance.example.com --timeout=30s || return
    wait_until 30 "the apiserver of $1 to serve gauges" kubectl_on "$1" -n functions get gauges || return
    gauge 40 | kubectl_on "$1" -n functions create -f - || return
    if gauge 101 | kubectl_on "$1" -n functions apply -f -; then
        echo "a value above its maximum was accepted"
        return 1
    fi
    kubectl_on "$1" -n functions patch gauge first --type=merge -p '{"spec":{"level":60}}' || return
    gauge_kept "$1"
}

gauge() { printf 'apiVersion: conformance.example.com/v1\nkind: Gauge\nmetadata: {name: first}\nspec: {level: %d}\n' "$1"; }

gauge_kept() { # plane
    expect 60 kubectl_on "$1" -n functions get gauge first -o 'jsonpath={.spec.level}'
}

expect() { # value command...
    local want=$1 got
    shift
    got=$("$@") || return
    [[ $got == "$want" ]] || {
        echo "expected '$want', got '$got' from: $*"
        return 1
    }
}

applied() { # plane manager value [flag]
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {owner: %s}\n' "$3" \
        | kubectl_on "$1" -n functions apply --server-side --field-manager="$2" "${@:4}" -f -
}

server_side_apply() { # plane
    local refusal
    applied "$1" first one || return
    if refusal=$(applied "$1" second two 2>&1); then
        echo "a second manager took the field without force"
        return 1
    fi
    [[ $refusal == *conflict* ]] || {
        echo "refused for another reason than a conflict: $refusal"
        return 1
    }
    applied "$1" second two --force-conflicts || return
    expect two kubectl_on "$1" -n functions get configmap applied -o 'jsonpath={.data.owner}' || return
    expect second kubectl_on "$1" -n functions get configmap applied --show-managed-fields \
        -o 'jsonpath={.metadata.managedFields[?(@.fieldsV1.f\:data.f\:owner)].manager}'
}

stale_update() { # plane
    local old=$WORK_DIR/$1/old.yaml refusal
    kubectl_on "$1" -n functions create configmap contended --from-literal=a=1 || return
    kubectl_on "$1" -n functions get configmap contended -o yaml >"$old" || return
    kubectl_on "$1" -n functions patch configmap contended -p '{"data":{"a":"2"}}' || return
    if refusal=$(kubectl_on "$1" replace -f "$old" 2>&1); then
        echo "the stale update was accepted"
        return 1
    fi
    [[ $refusal == *"object has been modified"* ]] || {
        echo "refused for another reason: $refusal"
        return 1
    }
}

# One rollout and, except after the last, the deletion of its namespace. The last one stays for the loss of the store.
measure_rollout() { # plane round
    local plane=$1 started
    check "$plane" "rollout $2 of $rounds: $replicas replicas are Running" rollout "$plane" "rollout-$2" "$replicas" || return
    ROLLOUT_MILLIS[$plane]+=" $((10#$(tr -d . <"$WORK_DIR/$plane.step")))"
    (($2 < rounds)) || return 0
    started=$(now_millis)
    check "$plane" "namespace deletion $2: $replicas pods are gone" delete_namespace "$plane" "rollout-$2" || return
    DELETE_MILLIS[$plane]+=" $(($(now_millis) - started))"
}

rollout() { # plane namespace replicas
    "${PROGRAM[kubecheck]}" rollout --kubeconfig "${PKI[$1]}/admin.kubeconfig" --namespace "$2" --replicas "$3" --timeout 180s
}

delete_namespace() { kubectl_on "$1" delete namespace "$2" --timeout=110s; }

# kill -9 of the store while a writer writes; then nothing acknowledged may be missing and nobody may need a restart.
check_store_loss() { # plane
    local plane=$1 image=$WORK_DIR/$1/store.json acknowledged=$WORK_DIR/$1/acknowledged killed what="kill -9"
    [[ ${STORE_KIND[$plane]} != netsy ]] || what="kill -9 and loss of the data folder"
    start_process "$plane.writer" "${PROGRAM[kubecheck]}" write --kubeconfig "${PKI[$plane]}/admin.kubeconfig" \
        --namespace functions --file "$acknowledged"
    check "$plane" "the writer has written" wait_until 30 "20 acknowledged writes on $plane" has_lines "$acknowledged" 20
    check "$plane" "an image of the store is saved" "${PROGRAM[kubecheck]}" store-save --endpoint "${STORE_URL[$plane]}" --file "$image"
    check "$plane" "$what" lose_store "$plane"
    killed=$(now_nanos)
    check "$plane" "the store serves again" start_store "$plane" || abort "the store of $plane did not come back"
    check "$plane" "the image's revision reads the same" \
        "${PROGRAM[kubecheck]}" store-verify --endpoint "${STORE_URL[$plane]}" --file "$image"
    check "$plane" "apiserver is live and ready" wait_until 60 "kube-apiserver of $plane to be ready" healthy "$plane"
    check "$plane" "writes are acknowledged again" wait_until 60 "a new acknowledged write on $plane" written_since "$acknowledged" "$killed"
    end_process "$plane.writer"
    check "$plane" "every acknowledged write is there" verify_writes "$plane" "$acknowledged" "$killed"
    LOSS_FIGURES[$plane]=$(sed -n 's/.*the first new one after \(.* s\)$/\1/p' "$WORK_DIR/$plane.step")
    check "$plane" "the same processes are alive" components_alive "$plane"
    check "$plane" "custom resource, nodes and $replicas pods are still there" still_there "$plane"
    check "$plane" "a new Deployment of 20 replicas rolls out" rollout "$plane" after-loss 20
    check "$plane" "every watch cache equals the store" agree "$plane"
}

has_lines() { # file count
    local lines
    lines=$(wc -l <"$1") || return
    ((lines >= $2)) || {
        echo "$1 has $lines lines"
        return 1
    }
}

# The fourth field of a line is the time at which the request was sent.
written_since() { # file nanoseconds
    local asked
    asked=$(tail -n 1 "$1" | cut -d ' ' -f 4)
    ((${asked:-0} > $2)) || {
        echo "the last acknowledged request is from before the fault"
        return 1
    }
}

healthy() { kubectl_on "$1" get --raw /livez && kubectl_on "$1" get --raw /readyz; }

verify_writes() { # plane file nanoseconds
    "${PROGRAM[kubecheck]}" verify-writes --kubeconfig "${PKI[$1]}/admin.kubeconfig" --namespace functions --file "$2" --since "$3"
}

components_alive() { # plane
    local component
    for component in "${COMPONENTS[@]}"; do
        process_alive "$1.$component" || {
            echo "$component has ended: $(tail -n 2 "$WORK_DIR/logs/$1.$component.log")"
            return 1
        }
        echo -n "$component ${PROCESS_PID["$1.$component"]} "
    done
}

still_there() { # plane
    local running
    gauge_kept "$1" || return
    nodes_ready "$1" || return
    running=$(kubectl_on "$1" -n "rollout-$rounds" get pods --field-selector=status.phase=Running -o name | wc -l)
    ((running == replicas)) || {
        echo "$running of $replicas pods are Running"
        return 1
    }
}

agree() { # plane
    "${PROGRAM[kubecheck]}" agree --kubeconfig "${PKI[$1]}/admin.kubeconfig" --endpoint "${STORE_URL[$1]}" --timeout 30s
}

check_end() { # plane
    check "$1" "namespace deletion after the loss: $replicas pods are gone" delete_namespace "$1" "rollout-$rounds"
    check "$1" "every other namespace of the run is deleted" kubectl_on "$1" delete namespace functions watched after-loss --timeout=110s
    check "$1" "the CRD is deleted" kubectl_on "$1" delete crd gauges.conformance.example.com --timeout=60s
    check "$1" "every watch cache equals the store at the end" agree "$1"
    check "$1" "the same processes are alive at the end" components_alive "$1"
    check "$1" "no component has panicked" no_panics "$1"
}

no_panics() { # plane
    ! grep -n -E 'Observed a panic|^panic:|^fatal error:|runtime error:' "$WORK_DIR/logs/$1".kube-*.log "$WORK_DIR/logs/$1.kwok.log"
}

median() { # milliseconds...
    local sorted
    mapfile -t sorted < <(printf '%s\n' "$@" | sort -n)
    echo "${sorted[$((${#sorted[@]} / 2))]}"
}

report() {
    local plane measured=''
    for plane in "${planes[@]}"; do
        # shellcheck disable=SC2086 # a list of numbers
        {
            measured+="$plane $(seconds "$(median ${ROLLOUT_MILLIS[$plane]:-0})") s, "
            echo "$plane: Running after$(print_all ${ROLLOUT_MILLIS[$plane]:-}); namespace deleted after$(print_all ${DELETE_MILLIS[$plane]:-});" \
                "first new write ${LOSS_FIGURES[$plane]:-?} after the loss"
        }
    done
    echo "machine: $(getconf _NPROCESSORS_ONLN) processors, load average $(cut -d ' ' -f 1-3 /proc/loadavg)"
    ((${#FAILED[@]} == 0)) || abort "${#FAILED[@]} of $CHECKS checks; the first: ${FAILED[0]}"
    measured="$replicas replicas Running (median of $rounds): ${measured%, }"
    if [[ -z $compare ]]; then measured+=", not compared with etcd"; else compare_medians; fi
    verdict="PASS $CHECKS checks; $measured; first new write ${LOSS_FIGURES[$subject]} after kill -9"
}

# Adds the ratio to the text in 'measured', and ends the run when it is over the limit.
compare_medians() {
    local reference ours
    # shellcheck disable=SC2086 # lists of numbers
    {
        reference=$(median ${ROLLOUT_MILLIS[etcd]})
        ours=$(median ${ROLLOUT_MILLIS[$subject]})
    }
    measured+=", ratio $(hundredths $((ours * 100 / reference))) (limit $(hundredths $LIMIT_PERCENT))"
    ((ours * 100 <= reference * LIMIT_PERCENT)) || abort "$measured"
}

hundredths() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }

print_all() {
    local value
    for value in "$@"; do printf ' %s s' "$(seconds "$value")"; done
}
