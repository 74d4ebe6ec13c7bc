# shellcheck shell=bash
# Sourced after setting WORK_DIR: starts processes on loopback, waits for them with a bound, and ends each by its pid.
#
#   start_process NAME COMMAND...     in the background, in a process group of its own; log in $WORK_DIR/logs/NAME.log
#   process_alive NAME                exit code 0 while it runs
#   kill_process NAME                 SIGKILL to it and its children, returns when it is gone
#   end_process NAME                  SIGTERM, then SIGKILL after 10 s
#   end_all_processes                 the same for all, last started first; for a trap on EXIT
#   wait_until SECONDS WHAT COMMAND...  repeats COMMAND until it succeeds; says what it waited for when it does not
#   port_open PORT                    exit code 0 when something listens on it
#   free_port VARIABLE                puts a port into VARIABLE that nothing listens on and that was not given before

: "${WORK_DIR:?must be set before processes.sh is sourced}"
# PROCESS_ORDER holds names in the order of their start; only those that were not ended.
declare -A PROCESS_PID=() TAKEN_PORTS=()
PROCESS_ORDER=()
mkdir -p "$WORK_DIR/logs"

start_process() {
    local name=$1
    shift
    # Monitor mode gives the job its own process group, so that a launcher script and its child end together.
    set -m
    "$@" >>"$WORK_DIR/logs/$name.log" 2>&1 </dev/null &
    PROCESS_PID[$name]=$!
    set +m
    disown "${PROCESS_PID[$name]}"
    PROCESS_ORDER+=("$name")
}

process_alive() { [[ -n ${PROCESS_PID[$1]-} ]] && kill -0 "${PROCESS_PID[$1]}" 2>/dev/null; }

# True while any member of the process group is left.
group_alive() { [[ -n ${PROCESS_PID[$1]-} ]] && kill -0 -- "-${PROCESS_PID[$1]}" 2>/dev/null; }

kill_process() {
    kill -KILL -- "-${PROCESS_PID[$1]}" 2>/dev/null
    wait_gone "$1" 10 || {
        echo "process $1 (pid ${PROCESS_PID[$1]}) survived SIGKILL for 10 s" >&2
        return 1
    }
    forget_process "$1"
}

end_process() {
    group_alive "$1" || {
        forget_process "$1"
        return 0
    }
    kill -TERM -- "-${PROCESS_PID[$1]}" 2>/dev/null
    if wait_gone "$1" 10; then forget_process "$1"; else kill_process "$1"; fi
}

end_all_processes() {
    local index
    for ((index = ${#PROCESS_ORDER[@]} - 1; index >= 0; index--)); do end_process "${PROCESS_ORDER[index]}"; done
}

wait_gone() { # name seconds
    local end=$((SECONDS + $2))
    while group_alive "$1"; do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
}

forget_process() {
    local kept=() name
    for name in "${PROCESS_ORDER[@]}"; do [[ $name == "$1" ]] || kept+=("$name"); done
    PROCESS_ORDER=("${kept[@]+"${kept[@]}"}")
    unset "PROCESS_PID[$1]"
}

# Gives up early when a process ends that should be running: waiting longer could not help.
wait_until() { # seconds what command...
    local limit=$1 what=$2 started=$SECONDS ended
    shift 2
    until "$@" >"$WORK_DIR/wait.out" 2>&1; do
        if ended=$(first_ended_process); then
            echo "waited for $what, but $ended has ended; the end of its log:" >&2
            tail -n 5 "$WORK_DIR/logs/$ended.log" >&2
            return 1
        fi
        if ((SECONDS - started >= limit)); then
            echo "waited $limit s for $what; the last try ($*) said: $(tail -n 3 "$WORK_DIR/wait.out" | cut -c1-400)" >&2
            return 1
        fi
        sleep 0.05
    done
}

first_ended_process() {
    local name
    for name in "${PROCESS_ORDER[@]}"; do process_alive "$name" || {
        echo "$name"
        return 0
    }; done
    return 1
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# From 32768 up the kernel lends ports to outgoing connections, and a later bind could fail by chance.
# The names inside begin with an underscore, so that no caller's variable is hidden by them.
free_port() { # variable
    local _candidate _tries
    for ((_tries = 0; _tries < 200; _tries++)); do
        _candidate=$((20000 + RANDOM % 12000))
        [[ -z ${TAKEN_PORTS[$_candidate]-} ]] || continue
        if ! port_open "$_candidate"; then
            TAKEN_PORTS[$_candidate]=1
            printf -v "$1" %s "$_candidate"
            return 0
        fi
    done
    echo "no free port found between 20000 and 32000 on 127.0.0.1" >&2
    return 1
}
