package io.netsy.node.status;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came of asking one endpoint. */
public sealed interface NodeStatus {
    /** Where was asked, as {@code HOST:PORT}. */
    String endpoint();

    /** Whether the node answered, knows a primary, is in service and has no alarm. */
    boolean healthy();

    /** Nobody answered there, or not as a node does. */
    record Unreachable(String endpoint, String reason, String wayOut) implements NodeStatus {
        @Override
        public boolean healthy() {
            return false;
        }
    }

    /**
     * A node answered.
     *
     * @param members all members of the cluster as this node knows them; none when they could not be had
     * @param figures null when its metrics could not be read
     * @param notes what else is to be known: calls that failed, metrics that could not be read
     */
    record Answered(
            String endpoint,
            Member member,
            List<Listed> members,
            Progress progress,
            Size size,
            List<String> alarms,
            boolean serving,
            @Nullable Figures figures,
            List<String> notes)
            implements NodeStatus {
        public Answered {
            members = List.copyOf(members);
            alarms = List.copyOf(alarms);
            notes = List.copyOf(notes);
        }

        @Override
        public boolean healthy() {
            return member.role() != Role.NO_LEADER && alarms.isEmpty() && serving;
        }
    }

    /** What a node is at the moment. */
    enum Role {
        PRIMARY("primary"),
        /** Another node is primary. */
        STANDBY("standby"),
        NO_LEADER("no leader");

        private final String text;

        Role(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Who the node is.
     *
     * @param name as the member list has it; empty when it is not on it
     * @param id sixteen hexadecimal digits at most, as etcdctl shows it
     * @param version of etcd's API
     */
    record Member(String name, String id, String version, Role role) {}

    /**
     * A member of the cluster.
     *
     * @param name empty while no node was started as it
     * @param learner whether it only follows
     */
    record Listed(String id, String name, boolean learner, List<String> peerUrls, List<String> clientUrls) {
        public Listed {
            peerUrls = List.copyOf(peerUrls);
            clientUrls = List.copyOf(clientUrls);
        }
    }

    /**
     * How far the node is.
     *
     * @param index of the log
     */
    record Progress(long term, long revision, long index) {}

    /**
     * How large its data is, in bytes.
     *
     * @param quota 0 or less when there is none
     */
    record Size(long total, long inUse, long quota) {}

    /**
     * The node's own figures since it started.
     *
     * @param compactRevision the newest compaction, below 0 when there was none; null when not told
     * @param requests to the object store, by kind
     * @param requestPriceUsd what these cost at S3 Standard's prices
     * @param replicaBacklogBytes committed entries that the replica has still to apply
     * @param replication of a primary with standbys; null on any other node
     * @param elector who the elector is as far as the node knows; null when it does not, or nothing is elected
     */
    record Figures(
            @Nullable Long compactRevision,
            @Nullable Long commitBatches,
            @Nullable Long committedEntries,
            Map<String, Long> requests,
            @Nullable Double requestPriceUsd,
            @Nullable Long replicaBacklogBytes,
            @Nullable Replication replication,
            @Nullable String elector) {
        /** Whether any figure of netsy's own is in it; another etcd has none. */
        boolean isNetsy() {
            return commitBatches != null || requestPriceUsd != null || replicaBacklogBytes != null;
        }
    }

    /**
     * How replication stands on a primary.
     *
     * @param rule the commit level and the standby rule in force
     * @param unarchivedBytes of the log that are not on their way to the bucket
     */
    record Replication(String rule, long unarchivedBytes, List<Standby> standbys) {
        public Replication {
            standbys = List.copyOf(standbys);
        }
    }

    /** One standby, as {@code pg_stat_replication} shows it. */
    record Standby(
            String name,
            String state,
            long sent,
            long received,
            long flushed,
            long applied,
            long lagEntries,
            long lagBytes,
            long lagMillis,
            String sync,
            long priority,
            long replyAgeMillis) {}
}
