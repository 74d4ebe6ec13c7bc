package io.netsy.etcd.testkit;

import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.ReplicaMaintenance;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The rest of a node around a {@link TestStore}: who it is, and how large its file is. Fields are for tests to set. */
public final class TestNode implements ClusterView, ReplicaMaintenance {
    public static final long CLUSTER_ID = 0xc1a5_7e12_3456_789aL;
    public static final long MEMBER_ID = 0x8e9e_05c5_2164_694dL;

    public volatile long leaderId = MEMBER_ID;
    public volatile List<Member> members = List.of(
            new Member(MEMBER_ID, "one", List.of("http://127.0.0.1:2380"), List.of("http://127.0.0.1:2379"), false));
    public volatile long sizeBytes = 20480;
    public volatile long sizeInUseBytes = 16384;
    public volatile long quotaBytes = 2L << 30;

    private final TestStore store;

    public TestNode(TestStore store) {
        this.store = store;
    }

    @Override
    public long clusterId() {
        return CLUSTER_ID;
    }

    @Override
    public long memberId() {
        return MEMBER_ID;
    }

    @Override
    public long leaderId() {
        return leaderId;
    }

    @Override
    public List<Member> members() {
        return members;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public long sizeInUseBytes() {
        return sizeInUseBytes;
    }

    @Override
    public long quotaBytes() {
        return quotaBytes;
    }

    @Override
    public CompletableFuture<Void> defragment() {
        sizeBytes = sizeInUseBytes;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> purged(long revision) {
        store.purge();
        return CompletableFuture.completedFuture(null);
    }
}
