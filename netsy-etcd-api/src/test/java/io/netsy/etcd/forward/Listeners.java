package io.netsy.etcd.forward;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.netsy.etcd.access.AccessInterceptor;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.testkit.TestEtcd;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A node's services as its two listeners serve them. */
final class Listeners {
    /** Another than that of the test kit's nodes. */
    static final long STANDBY_ID = 0x57a4d_b1L;

    private Listeners() {}

    /** For other nodes. */
    static BindableService[] ofPeers(TestEtcd etcd, PrimaryRoute own, Arrivals arrivals) {
        return behind(
                etcd.services,
                arrivals,
                new ForwardedCalls(own),
                new AccessInterceptor(guard(etcd), CallerName.FORWARDED));
    }

    /** For clients. */
    static BindableService[] ofClients(TestEtcd etcd, Forwarding.Settings settings) {
        return behind(
                etcd.services, new Forwarding(settings), new AccessInterceptor(guard(etcd), settings.callerName()));
    }

    static Forwarding.Settings settings(PrimaryRoute routes, Duration patience, CallerName callerName) {
        return new Forwarding.Settings(
                routes, patience, () -> STANDBY_ID, callerName, headers -> false, (request, answer) -> {});
    }

    static BindableService[] behind(List<? extends BindableService> services, ServerInterceptor... interceptors) {
        return services.stream()
                .map(service -> ServerInterceptors.interceptForward(service, Arrays.asList(interceptors)))
                .map(definition -> (BindableService) () -> definition)
                .toArray(BindableService[]::new);
    }

    private static AuthGuard guard(TestEtcd etcd) {
        return new AuthGuard(() -> etcd.store.committed().state().auth(), etcd.tokens);
    }

    /** A way that never changes. */
    static CurrentRoute always(PrimaryRoute.Route route) {
        CurrentRoute routes = new CurrentRoute();
        routes.set(route);
        return routes;
    }
}
