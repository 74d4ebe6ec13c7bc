package io.netsy.node.wiring;

import io.netsy.etcd.port.ClusterView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The cluster of one node. Ids are the first eight bytes of a SHA-256, of the cluster's random id alone and of that and
 * the node's name: the same on a new disk, as clients expect of one and the same member.
 */
final class SoloClusterView implements ClusterView {
    private final long clusterId;
    private final Member self;
    private final BooleanSupplier leads;

    /**
     * The peer URLs are the client URLs, the only ones that this node has: operators' tools take the first peer URL of each
     * member without asking whether there is one.
     *
     * @param clientUrls where clients reach this node
     * @param leads whether this node is primary now
     */
    SoloClusterView(UUID cluster, String name, List<String> clientUrls, BooleanSupplier leads) {
        this.clusterId = idOf(cluster, "");
        this.self = new Member(idOf(cluster, name), name, clientUrls, clientUrls, false);
        this.leads = leads;
    }

    /** etcd's id of a cluster, from netsy's. */
    static long idOf(UUID cluster, String name) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(16)
                    .putLong(cluster.getMostSignificantBits())
                    .putLong(cluster.getLeastSignificantBits())
                    .flip());
            long id = ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
            return id == 0 ? 1 : id;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    @Override
    public long clusterId() {
        return clusterId;
    }

    @Override
    public long memberId() {
        return self.id();
    }

    @Override
    public long leaderId() {
        return leads.getAsBoolean() ? self.id() : 0;
    }

    @Override
    public List<Member> members() {
        return List.of(self);
    }
}
