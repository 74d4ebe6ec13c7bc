package io.netsy.chaos.cluster;

import io.netsy.chaos.crash.HistoryAudit;
import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.process.NodeClient;
import io.netsy.etcd.proto.mvcc.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with a cluster whose writers have ended.
 *
 * <ol>
 *   <li>The primary's history holds every acknowledged write at its revision, nothing made up, and no hole.
 *   <li>Every node was told the same events, revision by revision, from the first to the last.
 *   <li>Every node's HashKV of some revisions on the way, and of the last, is the same, and that of the history.
 * </ol>
 */
final class ClusterAudit {
    private static final int DIGESTS = 5;
    private static final int MAX_REPORTED = 20;

    private final List<String> violations = new ArrayList<>();
    private final ClusterProcesses cluster;
    private final String primary;

    private ClusterAudit(ClusterProcesses cluster) {
        this.cluster = cluster;
        this.primary = cluster.primary();
    }

    /**
     * Waits until all nodes have caught up and looks.
     *
     * @param operations all that was ever written to the cluster
     * @return what is wrong, worst first; empty when all holds
     */
    static List<String> violations(ClusterProcesses cluster, List<Operation> operations) throws Exception {
        return violations(cluster, operations, List.of());
    }

    /**
     * As above.
     *
     * @param reads linearizable ones, made beside the writes
     */
    static List<String> violations(ClusterProcesses cluster, List<Operation> operations, List<Readers.Read> reads)
            throws Exception {
        ClusterAudit audit = new ClusterAudit(cluster);
        List<Event> history = audit.compare();
        List<String> all = new ArrayList<>(HistoryAudit.run(operations, history, 2));
        all.addAll(ReadAudit.run(reads, operations, history));
        all.addAll(audit.violations);
        return all.stream().limit(MAX_REPORTED).toList();
    }

    /** As {@link #violations}, for histories in which not every write is known. */
    static List<String> differences(ClusterProcesses cluster) throws Exception {
        ClusterAudit audit = new ClusterAudit(cluster);
        audit.compare();
        return audit.violations;
    }

    private List<Event> compare() throws Exception {
        long last = cluster.client(primary).revision();
        List<Event> history = cluster.client(primary).history(last);
        for (String name : ClusterProcesses.others(primary)) {
            cluster.awaitRevision(name, last);
            compareHistories(name, history, cluster.client(name).history(last));
        }
        for (int i = 1; i <= DIGESTS; i++) {
            compareDigests(Math.max(1, last * i / DIGESTS));
        }
        return history;
    }

    private void compareHistories(String name, List<Event> expected, List<Event> actual) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            if (!expected.get(i).equals(actual.get(i))) {
                violations.add("event %d is %s on the primary, %s on %s"
                        .formatted(i, describe(expected.get(i)), describe(actual.get(i)), name));
                return;
            }
        }
        if (expected.size() != actual.size()) {
            violations.add("%d events on the primary, %d on %s".formatted(expected.size(), actual.size(), name));
        }
    }

    private static String describe(Event event) {
        return "revision %d of %s"
                .formatted(
                        event.getKv().getModRevision(), event.getKv().getKey().toStringUtf8());
    }

    private void compareDigests(long revision) {
        long expected = cluster.client(primary).hashKv(revision);
        for (String name : ClusterProcesses.others(primary)) {
            NodeClient client = cluster.client(name);
            long actual = client.hashKv(revision);
            if (actual != expected) {
                violations.add("HashKV of revision %d is %d on the primary, %d on %s"
                        .formatted(revision, expected, actual, name));
            }
        }
    }
}
