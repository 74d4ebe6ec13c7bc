package io.netsy.etcd.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.forward.PrimaryRoute.Route;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CurrentRouteTest {
    private final CurrentRoute routes = new CurrentRoute();

    @Test
    void tellsOfAnotherWayOnly() {
        CompletableFuture<Route> change = routes.changeFrom(new Route.None());
        routes.set(new Route.None());
        assertThat(change).isNotDone();

        routes.set(new Route.Local());

        assertThat(change).isCompletedWithValue(new Route.Local());
        assertThat(routes.changeFrom(new Route.None())).isCompletedWithValue(new Route.Local());
        assertThat(routes.waitingCount()).isZero();
    }

    @Test
    void forgetsWhoeverWaitsNoLonger() {
        CompletableFuture<Route> change = routes.changeFrom(new Route.None());
        assertThat(routes.waitingCount()).isOne();

        change.cancel(false);

        assertThat(routes.waitingCount()).isZero();
    }

    @Test
    void nobodyWaitsWhereNoWayWillBeKnown() {
        CompletableFuture<Route> change = routes.changeFrom(new Route.None());

        routes.end();

        assertThat(change).isCompletedWithValue(new Route.None());
        assertThat(routes.changeFrom(new Route.None())).isCompletedWithValue(new Route.None());
        routes.set(new Route.Local());
        assertThat(routes.current()).isEqualTo(new Route.None());
    }
}
