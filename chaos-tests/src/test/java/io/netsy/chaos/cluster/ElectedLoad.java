package io.netsy.chaos.cluster;

import io.netsy.chaos.cluster.Readers.Read;
import io.netsy.chaos.crash.CrashWorkload;
import io.netsy.chaos.crash.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * Writers that know all three nodes and go on to the next one when a write fails, and one reader at each node; and what their history
 * says.
 */
final class ElectedLoad implements AutoCloseable {
    private static final int WRITERS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClusterProcesses cluster;
    private final CrashWorkload writers;
    private final Readers readers;
    private final List<Operation> probes = new ArrayList<>();

    /** @param requestPatience of clients: how long they wait for one answer */
    ElectedLoad(ClusterProcesses cluster, Duration requestPatience) {
        this(cluster, requestPatience, CrashWorkload.REST);
    }

    /** @param rest of each writer, after every three writes */
    ElectedLoad(ClusterProcesses cluster, Duration requestPatience, Duration rest) {
        this.cluster = cluster;
        this.writers = CrashWorkload.rotating(
                "elected",
                ClusterProcesses.NODES.stream()
                        .map(name -> cluster.client(name).channel())
                        .toList(),
                WRITERS,
                new CrashWorkload.Pace(requestPatience, rest));
        this.readers = new Readers(
                writers,
                ClusterProcesses.NODES.stream()
                        .map(name -> cluster.client(name).channel())
                        .toList(),
                requestPatience);
    }

    /** Waits until so many more writes were acknowledged. */
    void awaitMore(int writes) {
        long before = writers.acknowledgedCount();
        Awaitility.await("%d more writes".formatted(writes))
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> writers.acknowledgedCount() >= before + writes);
    }

    long acknowledged() {
        return writers.acknowledgedCount();
    }

    /** A write by a node, until one is acknowledged; answers how long that took. */
    Duration awaitWrite(String node, Duration limit) {
        long startNanos = System.nanoTime();
        Awaitility.await("a write by " + node)
                .atMost(limit)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> probe(node));
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private boolean probe(String node) {
        String value = "probe-%d".formatted(probes.size());
        long startNanos = System.nanoTime();
        probes.add(new Operation("/probe", value, new Operation.Outcome.Unknown("a probe"), startNanos, Duration.ZERO));
        return cluster.client(node)
                .tryPut("/probe", value, Duration.ofSeconds(1))
                .isOk();
    }

    /** All writes that ended so far. */
    List<Operation> operations() {
        return writers.operations();
    }

    /** The longest time without an acknowledgement that was, in part at least, between two times. */
    Duration longestGap(long fromNanos, long untilNanos) {
        long before = Long.MIN_VALUE;
        long longest = 0;
        List<Long> acknowledged = writers.operations().stream()
                .filter(Operation::isAcknowledged)
                .map(Operation::endedNanos)
                .sorted()
                .toList();
        for (long at : acknowledged) {
            if (before != Long.MIN_VALUE && at >= fromNanos && before <= untilNanos) {
                longest = Math.max(longest, at - before);
            }
            before = at;
        }
        return Duration.ofNanos(longest);
    }

    /** Ends writers and readers, and answers what is wrong with what they were told and with the nodes. */
    List<String> finish() throws Exception {
        List<Read> reads = readers.finish();
        List<Operation> all = new ArrayList<>(writers.finish());
        all.addAll(probes);
        return ClusterAudit.violations(cluster, all, reads);
    }

    @Override
    public void close() {
        writers.close();
        readers.close();
    }
}
