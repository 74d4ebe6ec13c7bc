package io.netsy.node.replica;

import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.HistoryExport;
import io.netsy.etcd.port.StateSource;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/**
 * The newest committed state and, in the replica's file, its history.
 *
 * <p>The file runs a little behind the state, so it is waited for; what it holds beyond the state is left out. A purge may
 * take only what the newest compaction made unreadable: when that is the state's own, nothing is missing.
 */
public final class ReplicaHistory implements HistoryExport {
    /** Far more than a healthy disk needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Replica replica;
    private final StateSource states;

    public ReplicaHistory(Replica replica, StateSource states) {
        this.replica = replica;
        this.states = states;
    }

    @Override
    public View open() throws IOException {
        while (true) {
            CommittedState at = states.committed();
            awaitApplied(at.index());
            ReplicaExport export = replica.export();
            if (export.compactRevision() == at.state().compactRevision()) {
                return new FileView(at, export);
            }
            export.close();
        }
    }

    private void awaitApplied(long index) throws IOException {
        try {
            if (!replica.awaitApplied(index, PATIENCE)) {
                throw new IOException(
                        "the replica's disk is behind: index %d is not applied after %s".formatted(index, PATIENCE));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the replica's disk was behind");
        }
    }

    private record FileView(CommittedState at, ReplicaExport export) implements View {
        @Override
        public void visit(Visitor visitor) throws IOException {
            long last = RevisionId.pack(at.state().revision(), RevisionId.MAX_SUB);
            export.visitRowsTo(last, (row, checksum) -> visitor.visit(row));
        }

        @Override
        public void close() throws IOException {
            export.close();
        }
    }
}
