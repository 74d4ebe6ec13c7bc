package io.netsy.etcd.port;

/** What a node lends its services, in one piece. */
public record Ports(
        Proposer proposer,
        StateSource states,
        RevisionStore revisions,
        ReplicaMaintenance maintenance,
        ClusterView cluster) {}
