package io.netsy.etcd.server.metrics;

import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all gRPC calls of a server add up to, under the names that etcd uses (etcd semantics, section 18).
 *
 * <p>Counting is safe for any thread; {@link #register} is for the time before the server starts.
 */
public final class RpcMetrics {
    /** Labels come from clients, so their number is bounded; later versions share one. */
    private static final int MAX_CLIENT_VERSIONS = 64;

    private static final String OTHER_CLIENT_VERSIONS = "other";

    private final List<MethodMetrics> methods = new ArrayList<>();
    private final ConcurrentMap<String, ClientRequests> clientRequests = new ConcurrentHashMap<>();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();

    /** Counters for a method; every method has one before the first call. */
    public MethodMetrics register(MethodDescriptor<?, ?> method) {
        MethodMetrics metrics = new MethodMetrics(method);
        methods.add(metrics);
        return metrics;
    }

    /** Counts a request by the version that its client says it has. */
    public void clientRequest(String version, boolean stream) {
        ClientRequests counters = clientRequests.get(version);
        if (counters == null) {
            String label = clientRequests.size() < MAX_CLIENT_VERSIONS ? version : OTHER_CLIENT_VERSIONS;
            counters = clientRequests.computeIfAbsent(label, _ -> new ClientRequests());
        }
        (stream ? counters.streams : counters.unary).increment();
    }

    public void receivedBytes(long bytes) {
        receivedBytes.add(bytes);
    }

    public void sentBytes(long bytes) {
        sentBytes.add(bytes);
    }

    /** Writes everything. */
    public void write(PrometheusText text) {
        writeMethods(text, "grpc_server_started_total", "Calls that began on the server.", MethodMetrics::writeStarted);
        writeMethods(
                text,
                "grpc_server_handled_total",
                "Calls that ended on the server, whatever the outcome.",
                MethodMetrics::writeHandled);
        writeMethods(
                text,
                "grpc_server_msg_received_total",
                "Messages received from clients.",
                MethodMetrics::writeReceived);
        writeMethods(text, "grpc_server_msg_sent_total", "Messages sent to clients.", MethodMetrics::writeSent);
        String requests = "etcd_server_client_requests_total";
        text.family(requests, MetricType.COUNTER, "Client requests by the version that the client says it has.");
        clientRequests.forEach((version, counters) -> text.sample(
                        requests, counters.streams.sum(), "client_api_version", version, "type", "stream")
                .sample(requests, counters.unary.sum(), "client_api_version", version, "type", "unary"));
        String received = "etcd_network_client_grpc_received_bytes_total";
        text.family(received, MetricType.COUNTER, "Bytes of messages received from clients.")
                .sample(received, receivedBytes.sum());
        String sent = "etcd_network_client_grpc_sent_bytes_total";
        text.family(sent, MetricType.COUNTER, "Bytes of messages sent to clients.")
                .sample(sent, sentBytes.sum());
    }

    private void writeMethods(PrometheusText text, String name, String help, MethodWriter writer) {
        text.family(name, MetricType.COUNTER, help);
        for (MethodMetrics method : methods) {
            writer.write(method, text, name);
        }
    }

    @FunctionalInterface
    private interface MethodWriter {
        void write(MethodMetrics method, PrometheusText text, String name);
    }

    private static final class ClientRequests {
        private final LongAdder unary = new LongAdder();
        private final LongAdder streams = new LongAdder();
    }
}
