#!/usr/bin/env bash
# Saves a snapshot of Netsy with etcdctl, restores it with etcdutl, and requires that a real etcd on it answers the same.
#
#   conformance/etcd/snapshot.sh [--keys N] [--many N] [--keep] [--store-under-test netsy|etcd]
#
#   --keys N             keys to begin with (2000)
#   --many N             that many more, of 1 KiB each (0), which are compared by their hash alone: with 1000000 it shows that
#                        saving takes no memory that grows with the store
#   --keep               keep the work folder and its logs even after PASS
#   --store-under-test   what is saved (netsy); etcd shows what the steps say of the real thing
#
# Needs Go and a JDK 25; builds everything else once into ${XDG_CACHE_HOME:-$HOME/.cache}/netsy-conformance.
# The last line is PASS or FAIL with the figures. Exit code 0: all holds; 1: something does not; 2: wrong usage;
# 77: could not run here.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HERE
readonly REPOSITORY=$HERE/../..
# As many operations as one transaction may have, by default.
readonly BATCH=100
# The most MiB by which saving may make the store's process greater.
readonly MORE_MEMORY=128

keys=2000 many=0 keep='' under_test=netsy

usage() {
    echo "$*; see the head of conformance/etcd/snapshot.sh" >&2
    exit 2
}
while (($#)); do
    case $1 in
        --keep) keep=yes ;;
        --keys | --many)
            [[ ${2-} =~ ^[1-9][0-9]*$ ]] || usage "$1 needs a number above 0, not '${2-}'"
            printf -v "${1#--}" %s "$2"
            shift
            ;;
        --store-under-test)
            [[ ${2-} == netsy || ${2-} == etcd ]] || usage "$1 needs netsy or etcd, not '${2-}'"
            under_test=$2
            shift
            ;;
        *) usage "unknown option '$1'" ;;
    esac
    shift
done

WORK_DIR=$(mktemp -d "${TMPDIR:-/tmp}/netsy-snapshot.XXXXXX") || exit 1
# shellcheck source=../lib/tools.sh
source "$HERE/../lib/tools.sh"
# shellcheck source=../lib/processes.sh
source "$HERE/../lib/processes.sh"

verdict="FAIL the run ended early"
checks=0 failures=0
finish() {
    local status=$?
    trap - EXIT INT TERM
    end_all_processes
    if ((status == 77)); then
        rm -rf "$WORK_DIR"
        exit 77
    fi
    if [[ $verdict == PASS* && -z $keep ]]; then rm -rf "$WORK_DIR"; else echo "files and logs: $WORK_DIR"; fi
    echo "$verdict"
    [[ $verdict == PASS* ]]
    exit
}
trap finish EXIT
trap 'verdict="FAIL interrupted"; exit 130' INT
trap 'verdict="FAIL terminated"; exit 143' TERM

# Ends the run where going on would only repeat the same failure.
abort() {
    verdict="FAIL $*"
    exit 1
}

check() { # what command...
    local what=$1
    shift
    checks=$((checks + 1))
    if "$@" >"$WORK_DIR/check.out" 2>&1; then
        echo "ok      $what"
    else
        failures=$((failures + 1))
        echo "NOT OK  $what"
        sed 's/^/        /' "$WORK_DIR/check.out" | cut -c1-300 | head -n 20
    fi
}

# --- the two stores

on() { # store command...
    local store=$1
    shift
    "$etcdctl" --endpoints "${URL[$store]}" --command-timeout "$COMMAND_LIMIT" "$@" 2>>"$WORK_DIR/logs/etcdctl.log"
}

declare -A URL=()

# How long one command may take; etcd itself compacts a million keys in more than half a minute.
COMMAND_LIMIT=30s
((many == 0)) || COMMAND_LIMIT=300s

start_subject() {
    local port peer
    free_port port && free_port peer || return
    URL[saved]=http://127.0.0.1:$port
    if [[ $under_test == etcd ]]; then
        launch_etcd saved "$WORK_DIR/saved" "$peer"
    else
        start_process saved env NETSY_SKIP_BUILD=1 "$REPOSITORY/netsy" start --name n1 --store "file:$WORK_DIR/store" \
            --data-dir "$WORK_DIR/saved" --listen-client "127.0.0.1:$port" --listen-metrics "127.0.0.1:$peer"
    fi
    wait_until 60 "the store to answer on ${URL[saved]}" on saved get readiness
}

launch_etcd() { # store data-folder peer-port
    local peer=http://127.0.0.1:$3
    start_process "$1" "$etcd" --name "$1" --data-dir "$2" --log-level warn \
        --listen-client-urls "${URL[$1]}" --advertise-client-urls "${URL[$1]}" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "$1=$peer"
}

# Restores a snapshot and starts etcd on it.
start_restored() { # store file option...
    local store=$1 file=$2 port peer
    shift 2
    free_port port && free_port peer || return
    URL[$store]=http://127.0.0.1:$port
    "$etcdutl" snapshot restore "$file" --data-dir "$WORK_DIR/$store" --name "$store" \
        --initial-cluster "$store=http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" "$@" \
        >"$WORK_DIR/logs/restore-$store.log" 2>&1 || {
        tail -n 3 "$WORK_DIR/logs/restore-$store.log" >&2
        return 1
    }
    launch_etcd "$store" "$WORK_DIR/$store" "$peer"
    wait_until 60 "etcd on the restored snapshot to answer" on "$store" get readiness
}

# --- writes

# A transaction that does as standard input says, one operation a line.
transaction() { # store
    { echo && cat && echo && echo; } | on "$1" txn >>"$WORK_DIR/logs/txn.log"
}

# Puts /keys/FROM to /keys/TO, all with this text in their values.
put_keys() { # store from to text
    local from=$2 i last
    while ((from <= $3)); do
        last=$((from + BATCH - 1 < $3 ? from + BATCH - 1 : $3))
        for ((i = from; i <= last; i++)); do echo "put /keys/$i \"$4 of $i\""; done | transaction "$1" || return
        from=$((last + 1))
    done
}

great_value() { head -c "$1" /dev/zero | tr '\0' "$2"; }

# Keys that are too many for one etcdctl each hundred.
put_many() { # store
    ((many == 0)) || "$compare" fill --endpoint "${URL[$1]#http://}" --keys "$many" --bytes 1024 >>"$WORK_DIR/logs/fill.log"
}

# The history before the compaction: keys, versions, tombstones, keys that came back, leases, great values.
fill() { # store
    put_many "$1" && put_keys "$1" 1 "$keys" first || return
    put_keys "$1" 1 $((keys / 2)) second || return
    on "$1" del /keys/1 /keys/19 >/dev/null || return
    put_keys "$1" 15 16 third || return
    on "$1" lease grant 1000 >/dev/null || return
    on "$1" lease grant 5000 >"$WORK_DIR/lease" || return
    lease=$(cut -d' ' -f2 "$WORK_DIR/lease")
    on "$1" put --lease="$lease" /leased/1 a >/dev/null && on "$1" put --lease="$lease" /leased/2 b >/dev/null || return
    great_value 1000000 x | on "$1" put /great/1 >/dev/null || return
    great_value 1500000 y | on "$1" put /great/1 >/dev/null || return
    great_value 4057 z | on "$1" put /great/2 >/dev/null || return
    on "$1" put /deep 0 >/dev/null
}

# What comes after the compaction, so that both sides of it are in the file.
fill_more() { # store
    local i
    for ((i = 1; i <= 30; i++)); do echo "put /deep $i" | transaction "$1" || return; done
    on "$1" del /deep >/dev/null && on "$1" put /deep again >/dev/null || return
    on "$1" del --prefix /keys/2 >/dev/null || return
    put_keys "$1" 200 210 fourth || return
    on "$1" del /leased/2 >/dev/null
}

write_on() { # store; until it is ended
    local i
    for ((i = 1; ; i++)); do
        put_keys "$1" 1 50 "while saving $i" || return
        on "$1" del "/keys/$((i % 50 + 1))" >/dev/null
    done
}

# --- answers

# The number behind a field of etcdctl's answer in JSON.
field() { # name
    grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d: -f2
}

revision() { on "$1" get readiness -w json | field revision; } # store

# All that there is at a revision, except the many: keys, revisions, versions, leases and values.
contents() { # store revision
    { on "$1" get / /many/ --rev "$2" -w fields && on "$1" get /many0 --from-key --rev "$2" -w fields; } | grep -v -E '^"(ClusterID|MemberID|Revision|RaftTerm)"'
}

hash_at() { # store revision
    on "$1" endpoint hashkv --rev "$2" -w json | grep -o -E '"(hash|compact_revision|hash_revision)":[-0-9]*'
}

# Leases, their times and their keys; of the remaining time only that there is some.
leases() { # store
    on "$1" lease list | sort
    on "$1" lease list | sed 1d | sort | while read -r id; do
        on "$1" lease timetolive "$id" --keys | sed -E 's/remaining\([0-9]+s\)/remaining/'
    done
}

# Everything that happened after the compaction, tombstones and the values before them included.
events() { # store first-revision
    on "$1" watch '' --prefix --prev-kv --rev "$2" -w json >"$WORK_DIR/events.$1" &
    local watch=$! size=-1 now
    for ((;;)); do
        sleep 0.5
        now=$(wc -c <"$WORK_DIR/events.$1")
        ((now != size || now == 0)) || break
        size=$now
    done
    kill "$watch" && wait "$watch" 2>/dev/null
    # One event a line, however they were grouped into messages.
    grep -o -E '\{("type":[0-9]+,)?"kv":\{[^}]*\}(,"prev_kv":\{[^}]*\})?\}' "$WORK_DIR/events.$1"
}

same() { # question argument...
    local question=$1
    shift
    "$question" saved "$@" >"$WORK_DIR/saved.out" || return
    "$question" restored "$@" >"$WORK_DIR/restored.out" || return
    [[ -s $WORK_DIR/saved.out ]] || { echo "no answer to '$question $*'"; return 1; }
    diff "$WORK_DIR/saved.out" "$WORK_DIR/restored.out"
}

compacted_below() { # store revision
    local answer
    answer=$("$etcdctl" --endpoints "${URL[$1]}" get '' --prefix --keys-only --rev "$2" 2>&1)
    grep -o -m 1 "required revision has been compacted" <<<"$answer"
}

# The saved store may have been compacted since; a hash depends on that.
compacted_alike() {
    local target
    target=$(on saved endpoint hashkv -w json | field compact_revision)
    [[ $(on restored endpoint hashkv -w json | field compact_revision) == "$target" ]] || on restored compact "$target"
}

saves() { "$etcdctl" --endpoints "${URL[saved]}" snapshot save "$1" 2>>"$WORK_DIR/logs/etcdctl.log"; } # file

resident() { echo $(($(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/${PROCESS_PID[saved]}/status") / 1024)); }

# Saves, and fails when the process of the store grew by more than it may meanwhile.
saves_in_bounded_memory() { # file
    local before most=0 now
    before=$(resident)
    while sleep 0.1; do
        now=$(resident)
        ((now <= most)) || echo "$now" >"$WORK_DIR/resident"
        most=$((now > most ? now : most))
    done &
    local watcher=$!
    saves "$1"
    local status=$?
    kill "$watcher" && wait "$watcher" 2>/dev/null
    most=$(cat "$WORK_DIR/resident")
    memory="$before MiB resident before saving $(($(stat -c %s "$1") >> 20)) MiB, $most at most, $(resident) after"
    echo "$memory"
    ((status == 0 && most - before <= MORE_MEMORY))
}

# What etcdutl says of a file, after it checked every page of it.
status_is() { # file revision-or-empty keys-or-empty
    "$etcdutl" snapshot status "$1" -w json >"$WORK_DIR/status.json" || return
    cat "$WORK_DIR/status.json"
    [[ -z $2 || $(field revision <"$WORK_DIR/status.json") == "$2" ]] \
        && [[ -z $3 || $(field totalKey <"$WORK_DIR/status.json") == "$3" ]] \
        && grep -q '"version":"3.6.0"' "$WORK_DIR/status.json"
}

count() { on "$1" get '' --prefix --count-only -w fields | sed -n 's/^"Count" : //p'; } # store

# The restored tree takes writes, a deletion of everything but the many, which etcd does not delete within its own limit of
# time for a request, and what etcd does to its file afterwards.
restored_lives() {
    put_keys restored 1 300 restored && on restored del / /many/ >/dev/null || return
    on restored compact --physical "$(revision restored)" && on restored defrag || return
    put_keys restored 1 10 again && [[ $(count restored) == $((many + 10)) ]]
}

# --- the run

etcdctl=$(build_tool etcdctl) || exit
etcdutl=$(build_tool etcdutl) || exit
etcd=$(build_tool etcd) || exit
((many == 0)) || compare=$(build_tool compare) || exit
[[ $under_test == etcd ]] || "$REPOSITORY/netsy" --version >"$WORK_DIR/logs/build.log" 2>&1 || abort "'netsy --version' failed: $(tail -n 1 "$WORK_DIR/logs/build.log")"
start_subject || abort "the store did not start"

check "an empty store is saved" saves "$WORK_DIR/empty.db"
check "etcdutl accepts it: revision 0 and no keys" status_is "$WORK_DIR/empty.db" 0 0

fill saved || abort "the store took no writes"
middle=$(revision saved)
fill_more saved || abort "the store took no writes"
newest=$(revision saved)
on saved compact "$middle" >/dev/null || abort "the store was not compacted"
check "the store is saved in bounded memory" saves_in_bounded_memory "$WORK_DIR/saved.db"
echo "        $memory"
check "etcdutl accepts it: revision $newest and $(count saved) keys" status_is "$WORK_DIR/saved.db" "$newest" "$(count saved)"
check "etcdutl restores it and etcd starts" start_restored restored "$WORK_DIR/saved.db"
[[ -n ${URL[restored]-} ]] && process_alive restored || abort "etcd does not run on the restored snapshot"

for at in "$middle" $((middle + 1)) $((middle + 20)) $((newest - 1)) "$newest"; do
    check "the same keys at revision $at" same contents "$at"
    # etcd remembers the hash of the revision that it compacted to, as it was before, until it is restarted.
    ((at == middle)) || check "the same hash at revision $at" same hash_at "$at"
done
check "the same revision" same revision
check "the same leases" same leases
check "the same events from revision $((middle + 1))" same events $((middle + 1))
check "compacted below $middle" same compacted_below $((middle - 1))
check "the restored etcd lives" restored_lives
end_process restored

# Saved while writes and a compaction go on: whatever revision it is of must be that revision, whole.
(write_on saved) &
writer=$!
for round in 1 2 3; do
    sleep 0.3
    (sleep 0.05; on saved compact "$(($(revision saved) - 5))" >/dev/null) &
    check "saved while written to ($round)" saves "$WORK_DIR/busy-$round.db"
done
kill "$writer" && wait "$writer" 2>/dev/null
wait_until 10 "the writer to end" test ! -e "/proc/$writer"
for round in 1 2 3; do
    check "etcdutl accepts what was saved meanwhile ($round)" status_is "$WORK_DIR/busy-$round.db" "" ""
done
unset 'URL[restored]'
rm -rf "$WORK_DIR/restored"
check "etcdutl restores the last of them" start_restored restored "$WORK_DIR/busy-3.db"
at=$(field revision <"$WORK_DIR/status.json")
check "the same keys at its revision $at" same contents "$at"
check "compacted as far as the store has come" compacted_alike
check "the same hash at its revision $at" same hash_at "$at"
end_process restored

check "restored with a bump of revisions" start_restored bumped "$WORK_DIR/saved.db" --bump-revision 1000000 --mark-compacted
check "the revision is $((newest + 1000000))" test "$(revision bumped)" = $((newest + 1000000))

figures="$checks checks, $keys keys, revision $newest, $(($(stat -c %s "$WORK_DIR/saved.db") / 1024)) KiB, $memory"
if ((failures == 0)); then verdict="PASS snapshot: $figures"; else verdict="FAIL snapshot: $failures of $figures"; fi
