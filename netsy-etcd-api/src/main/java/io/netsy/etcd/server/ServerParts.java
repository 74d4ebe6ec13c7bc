package io.netsy.etcd.server;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.server.web.HttpHandler;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the server serves.
 *
 * @param services the gRPC services; their handlers run on event loops and must not block
 * @param interceptors around every handler, first to last, inside the server's own checks
 * @param httpHandlers by path, besides health, version and metrics; a path that ends with a slash takes all below it
 * @param version the release of etcd that the server behaves like
 * @param metrics of the rest of the node, in Prometheus' text format
 * @param nanoClock never goes back
 * @param wallClock against which certificates are checked
 * @param other served on the same port; null for none
 */
public record ServerParts(
        List<BindableService> services,
        List<ServerInterceptor> interceptors,
        Map<String, HttpHandler> httpHandlers,
        StateSource state,
        ClusterView cluster,
        EtcdVersion version,
        Supplier<String> metrics,
        LongSupplier nanoClock,
        InstantSource wallClock,
        @Nullable OtherProtocol other) {
    public ServerParts {
        services = List.copyOf(services);
        interceptors = List.copyOf(interceptors);
        httpHandlers = Map.copyOf(httpHandlers);
    }

    /** Whether other nodes are served, which pass requests on, and not clients. */
    boolean servesNodes() {
        return other != null;
    }
}
