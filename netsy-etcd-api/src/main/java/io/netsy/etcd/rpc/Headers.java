package io.netsy.etcd.rpc;

import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.proto.rpc.ResponseHeader;

/** The maker of response headers (etcd semantics, section 3). Safe for any thread. */
public final class Headers {
    private final ClusterView cluster;

    public Headers(ClusterView cluster) {
        this.cluster = cluster;
    }

    /** The header of an answer that was read from this state. */
    public ResponseHeader of(CommittedState at) {
        return of(at.state().revision(), at.term());
    }

    /** The header of an answer at a revision of its own: that of a write. */
    public ResponseHeader of(long revision, long term) {
        return ids(term).setRevision(revision).build();
    }

    /** The header of the Cluster service. */
    public ResponseHeader withoutRevision(long term) {
        return ids(term).build();
    }

    private ResponseHeader.Builder ids(long term) {
        return ResponseHeader.newBuilder()
                .setClusterId(cluster.clusterId())
                .setMemberId(cluster.memberId())
                .setRaftTerm(term);
    }

    /** The header of an answer inside a transaction's answer: a revision and nothing else. */
    public static ResponseHeader inner(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }
}
