package io.netsy.etcd.maintenance.snapshot;

import io.grpc.stub.ServerCallStreamObserver;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.HistoryExport;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The maker of snapshots for clients. Safe for any thread; never blocks. */
public final class Snapshots {
    private final HistoryExport history;
    private final ClusterView cluster;
    private final SnapshotSettings settings;
    private final Executor threads;

    /**
     * @param threads gives each snapshot a thread until it is sent, and refuses what would be too many: each takes as
     *     much of the disk as the store
     */
    public Snapshots(HistoryExport history, ClusterView cluster, SnapshotSettings settings, Executor threads) {
        this.history = history;
        this.cluster = cluster;
        this.settings = settings;
        this.threads = threads;
    }

    /**
     * Answers a call with a snapshot of the newest committed state; to be called on the thread of the call's handler.
     *
     * @param storageVersion the format of data that the snapshot claims to have
     */
    public void serve(ServerCallStreamObserver<SnapshotResponse> call, String storageVersion) {
        Demand demand = Demand.of(call);
        SnapshotContents contents = new SnapshotContents(storageVersion, cluster.members());
        try {
            threads.execute(new SnapshotCall(call, demand, history, contents, settings));
        } catch (RejectedExecutionException e) {
            call.onError(EtcdError.TOO_MANY_REQUESTS.status().asRuntimeException());
        }
    }
}
