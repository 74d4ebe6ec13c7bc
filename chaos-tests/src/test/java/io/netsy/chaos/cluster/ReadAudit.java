package io.netsy.chaos.cluster;

import io.netsy.chaos.cluster.Readers.Read;
import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.crash.Operation.Outcome;
import io.netsy.etcd.proto.mvcc.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares linearizable reads with what was acknowledged before they began, and with the history.
 *
 * <ol>
 *   <li>A read is of the revision of every write that was acknowledged, and of every read that was answered, before it began, or of
 *       a newer one.
 *   <li>It has the value that the history has at its revision.
 * </ol>
 */
final class ReadAudit {
    private ReadAudit() {}

    /** Somebody knew at a time that the store had got to a revision. */
    private record Known(long atNanos, long revision) {}

    /** What is wrong; empty when all holds. */
    static List<String> run(List<Read> reads, List<Operation> operations, List<Event> history) {
        List<String> violations = new ArrayList<>();
        NavigableMap<Long, Long> known = known(reads, operations);
        Map<String, TreeMap<Long, String>> values = new HashMap<>();
        for (Event event : history) {
            values.computeIfAbsent(event.getKv().getKey().toStringUtf8(), key -> new TreeMap<>())
                    .put(
                            event.getKv().getModRevision(),
                            event.getKv().getValue().toStringUtf8());
        }
        for (Read read : reads) {
            Map.Entry<Long, Long> before = known.lowerEntry(read.startedNanos());
            if (before != null && read.revision() < before.getValue()) {
                violations.add("STALE: a read at node %d saw revision %d, %d was known %d us before it began"
                        .formatted(
                                read.node(),
                                read.revision(),
                                before.getValue(),
                                (read.startedNanos() - before.getKey()) / 1000));
            }
            Map.Entry<Long, String> value =
                    values.getOrDefault(read.key(), new TreeMap<>()).floorEntry(read.revision());
            if (!read.value().equals(value == null ? "" : value.getValue())) {
                violations.add("a read of %s at node %d at revision %d saw %s"
                        .formatted(read.key(), read.node(), read.revision(), start(read.value())));
            }
        }
        return violations;
    }

    private static String start(String value) {
        return value.substring(0, Math.min(value.length(), 40));
    }

    /** The highest revision that was known at a time. */
    private static NavigableMap<Long, Long> known(List<Read> reads, List<Operation> operations) {
        TreeMap<Long, Long> known = new TreeMap<>();
        Stream<Known> written = operations.stream()
                .flatMap(operation -> operation.outcome() instanceof Outcome.Acknowledged(long revision)
                        ? Stream.of(new Known(operation.endedNanos(), revision))
                        : Stream.empty());
        Stream<Known> read = reads.stream().map(one -> new Known(one.endedNanos(), one.revision()));
        long highest = 0;
        for (Known one : Stream.concat(written, read)
                .sorted(Comparator.comparingLong(Known::atNanos))
                .toList()) {
            highest = Math.max(highest, one.revision());
            known.put(one.atNanos(), highest);
        }
        return known;
    }
}
