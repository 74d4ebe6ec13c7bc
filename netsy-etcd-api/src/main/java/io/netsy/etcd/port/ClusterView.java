package io.netsy.etcd.port;

import java.util.List;

/** Who is who in the cluster. Safe for any thread. */
public interface ClusterView {
    /** Non-zero, the same on every member and over every restart. */
    long clusterId();

    /** This node's id; non-zero, the same over every restart. */
    long memberId();

    /** The primary's id as far as this node knows; 0 when there is none. */
    long leaderId();

    /** All members, this one included, by ascending unsigned id. */
    List<Member> members();

    /** A member, with URLs that clients can reach. */
    record Member(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
        public Member {
            peerUrls = List.copyOf(peerUrls);
            clientUrls = List.copyOf(clientUrls);
        }
    }
}
