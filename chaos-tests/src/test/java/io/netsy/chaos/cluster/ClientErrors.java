package io.netsy.chaos.cluster;

import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.crash.Operation.Outcome;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What etcd's clients may be told while the leader changes; they try again on each of these. */
final class ClientErrors {
    private static final Pattern STATUS =
            Pattern.compile("Status\\{code=(?<code>\\w+), description=(?<description>.*?), cause=.*", Pattern.DOTALL);
    private static final List<String> OF_ETCD = List.of(
            "etcdserver: request timed out",
            "etcdserver: request timed out, possibly due to previous leader failure",
            "etcdserver: request timed out, possibly due to connection lost",
            "etcdserver: no leader",
            "etcdserver: leader changed",
            "etcdserver: server stopped");

    private ClientErrors() {}

    /** Writes that ended otherwise: each error once. */
    static List<String> others(List<Operation> operations) {
        return errors(operations).filter(error -> !isRetried(error)).distinct().toList();
    }

    /** All errors that writers were told. */
    static Stream<String> errors(List<Operation> operations) {
        return operations.stream()
                .flatMap(operation -> operation.outcome() instanceof Outcome.Unknown(String error)
                        ? Stream.of(error)
                        : Stream.empty());
    }

    /** Unavailable, by one of etcd's texts or by gRPC's own about a connection that is lost or can't be made. */
    private static boolean isRetried(String error) {
        Matcher status = STATUS.matcher(error);
        return status.matches()
                && status.group("code").equals("UNAVAILABLE")
                && (OF_ETCD.contains(status.group("description"))
                        || !status.group("description").startsWith("etcdserver"));
    }
}
