package io.netsy.etcd.port;

import io.netsy.etcd.access.AuthGuard;

/** What a node lends its services, in one piece. */
public record Ports(
        Proposer proposer,
        StateSource states,
        RevisionStore revisions,
        ReplicaMaintenance maintenance,
        ClusterView cluster,
        AuthGuard guard) {}
