package io.netsy.etcd.server.web;

import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.Alarm;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The single questions that health endpoints ask (etcd semantics, section 18).
 *
 * <p>Each answers, maybe later, with the reason why not, or with an empty text when all is well. Answers never fail.
 */
final class Health {
    static final String WELL = "";

    private final StateSource state;
    private final ClusterView cluster;
    private final Duration timeout;

    Health(StateSource state, ClusterView cluster, Duration timeout) {
        this.state = state;
        this.cluster = cluster;
        this.timeout = timeout;
    }

    /** Whether an alarm stands that is not excluded by name. */
    String alarms(Set<String> excluded) {
        return state.committed().state().alarms().stream()
                .sorted(Comparator.comparingInt(Alarm::type))
                .map(alarm -> nameOf(alarm.type()))
                .filter(name -> !excluded.contains(name))
                .findFirst()
                .map(name -> "ALARM " + name)
                .orElse(WELL);
    }

    String leader() {
        return state.hasLeader() ? WELL : "RAFT NO LEADER";
    }

    String noCorruption() {
        return state.committed().state().hasAlarm(Alarm.CORRUPT) ? "alarm activated: CORRUPT" : WELL;
    }

    String notALearner() {
        long self = cluster.memberId();
        boolean learner = cluster.members().stream().anyMatch(member -> member.id() == self && member.learner());
        return learner ? "the node is a learner" : WELL;
    }

    /** Whether a read of this node's own state works: always, once the node serves. */
    String serializableRead() {
        return state.committed().state().revision() >= 1 ? WELL : "no state";
    }

    /** Whether a read that sees everything acknowledged works within the request timeout. */
    CompletableFuture<String> linearizableRead() {
        return state.linearizable()
                .thenApply(Function.identity())
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((_, failure) -> failure == null ? WELL : reasonOf(failure));
    }

    private static String reasonOf(Throwable failure) {
        return switch (failure) {
            case CompletionException wrapped when wrapped.getCause() != null -> reasonOf(wrapped.getCause());
            case EtcdException answer -> String.valueOf(answer.getMessage());
            case TimeoutException _ -> "etcdserver: request timed out";
            default -> failure.toString();
        };
    }

    private static String nameOf(int alarmType) {
        return switch (alarmType) {
            case Alarm.NOSPACE -> "NOSPACE";
            case Alarm.CORRUPT -> "CORRUPT";
            default -> "UNKNOWN";
        };
    }
}
