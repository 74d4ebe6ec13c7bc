package io.netsy.chaos.cluster;

import io.netsy.chaos.crash.CrashWorkload;
import io.netsy.chaos.crash.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * Writers at the primary, of which no write may fail unless a scenario says so, and writers at the standbys, which fail while
 * theirs is away.
 */
final class Load implements AutoCloseable {
    private static final int WRITERS_AT_THE_PRIMARY = 8;
    private static final int WRITERS_AT_STANDBYS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CrashWorkload direct;
    private final CrashWorkload relayed;
    private int marked;

    Load(ClusterProcesses cluster) {
        direct = new CrashWorkload(
                "direct", List.of(cluster.client(ClusterProcesses.PRIMARY).channel()), WRITERS_AT_THE_PRIMARY);
        relayed = new CrashWorkload(
                "relayed",
                ClusterProcesses.STANDBYS.stream()
                        .map(name -> cluster.client(name).channel())
                        .toList(),
                WRITERS_AT_STANDBYS);
    }

    /** Waits until so many more writes were acknowledged at the primary. */
    void awaitMore(int writes) {
        long before = direct.acknowledgedCount();
        Awaitility.await("%d more writes".formatted(writes))
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> direct.acknowledgedCount() >= before + writes);
    }

    /** Waits until a write that came by a standby was acknowledged. */
    void awaitRelayed() {
        long before = relayed.acknowledgedCount();
        Awaitility.await("a write by a standby").atMost(PATIENCE).until(() -> relayed.acknowledgedCount() > before);
    }

    /** How many writes were acknowledged at the primary so far. */
    long acknowledged() {
        return direct.acknowledgedCount();
    }

    /** The writes at the primary that ended since the last call, or since the beginning. */
    List<Operation> sinceLastTime() {
        List<Operation> all = direct.operations();
        List<Operation> newer = all.subList(marked, all.size());
        marked = all.size();
        return newer;
    }

    /** What failed at the primary so far, of whatever kind. */
    List<String> failures() {
        return failures(direct.operations());
    }

    static List<String> failures(List<Operation> operations) {
        return operations.stream()
                .filter(operation -> !operation.isAcknowledged())
                .map(operation -> operation.outcome() + " after " + operation.took())
                .toList();
    }

    /** Ends the writers and answers all that was written to the cluster. */
    List<Operation> finish() throws InterruptedException {
        close();
        List<Operation> all = new ArrayList<>(direct.finish());
        all.addAll(relayed.finish());
        return all;
    }

    @Override
    public void close() {
        direct.close();
        relayed.close();
    }
}
