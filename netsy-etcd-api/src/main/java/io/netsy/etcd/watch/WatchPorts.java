package io.netsy.etcd.watch;

import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.StateSource;

/** What watches are served from. */
public record WatchPorts(
        StateSource states, RevisionStore revisions, ClusterView cluster, WatchAuthorizer authorizer) {}
