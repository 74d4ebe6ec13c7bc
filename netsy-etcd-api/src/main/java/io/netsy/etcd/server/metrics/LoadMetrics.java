package io.netsy.etcd.server.metrics;

import io.netsy.etcd.load.ClientLoad;
import io.netsy.etcd.load.Resource;

/** What clients hold of the node, as metrics. */
public final class LoadMetrics {
    private LoadMetrics() {}

    /** Writes everything. */
    public static void write(ClientLoad clients, PrometheusText text) {
        String bytes = "netsy_client_held_bytes";
        text.family(bytes, MetricType.GAUGE, "Memory that clients' connections hold, as it is accounted for.")
                .sample(bytes, clients.held(Resource.DIRECT), "memory", "direct")
                .sample(bytes, clients.held(Resource.HEAP), "memory", "heap");
        String open = "netsy_client_connections";
        text.family(open, MetricType.GAUGE, "Connections of clients that are open.")
                .sample(open, clients.held(Resource.CONNECTIONS));
        String closed = "netsy_client_connections_closed_total";
        text.family(closed, MetricType.COUNTER, "Connections that were closed because clients held too much.")
                .sample(closed, clients.closedCount());
    }
}
