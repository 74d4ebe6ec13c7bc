package io.netsy.etcd.forward;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.netsy.etcd.access.AccessInterceptor;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.server.forwarded.RequestStreams;
import io.netsy.etcd.testkit.TestEtcd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A node's services as its two listeners serve them. */
final class Listeners {
    /** Another than that of the test kit's nodes. */
    static final long STANDBY_ID = 0x57a4d_b1L;

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("test-timer").factory());

    private Listeners() {}

    /** For other nodes. */
    static BindableService[] ofPeers(TestEtcd etcd, PrimaryRoute own, Arrivals arrivals) {
        return forPeers(
                etcd.services,
                arrivals,
                new ForwardedCalls(own, etcd.store),
                new AccessInterceptor(guard(etcd), CallerName.FORWARDED));
    }

    /** With the streams that requests share. */
    static BindableService[] forPeers(List<? extends BindableService> services, ServerInterceptor... interceptors) {
        List<BindableService> all = new ArrayList<>(List.of(behind(services, interceptors)));
        RequestStreams streams = new RequestStreams(
                all.stream().map(BindableService::bindService).toList(), TIMER);
        all.add(streams::service);
        return all.toArray(BindableService[]::new);
    }

    /** A way over a channel, whatever sends on it. */
    static PrimaryRoute.Route.Remote over(Channel channel) {
        return new PrimaryRoute.Route.Remote(PrimaryLink.over(channel, Runnable::run, (index, action) -> action.run()));
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
