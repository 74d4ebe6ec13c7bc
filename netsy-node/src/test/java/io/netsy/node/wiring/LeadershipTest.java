package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.netsy.etcd.forward.ForwardingChannel;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The way to the primary, also when that is somewhere else. */
class LeadershipTest {
    private final List<ManagedChannel> opened = new ArrayList<>();
    private final Leadership leadership = new Leadership("a", this::connect, Runnable::run);

    @AfterEach
    void close() {
        leadership.close();
    }

    private ManagedChannel connect(String node) {
        ManagedChannel channel = ForwardingChannel.to(new ForwardingChannel.Peer(node, 1, null, null));
        opened.add(channel);
        return channel;
    }

    @Test
    void theWayToAPrimaryThatMovedIsAnotherOneAndTheOldOneEnds() {
        leadership.isAt("b");
        Route before = leadership.route().current();

        leadership.moved("b");

        assertThat(leadership.primary()).isEqualTo("b");
        assertThat(leadership.route().current())
                .isInstanceOf(Route.Remote.class)
                .isNotEqualTo(before);
        assertThat(opened).hasSize(2);
        assertThat(opened.getFirst().isShutdown()).isTrue();
        assertThat(opened.getLast().isShutdown()).isFalse();
    }

    @Test
    void anothersMoveChangesNothingUntilItLeads() {
        leadership.isAt("b");
        leadership.isAt("c");
        Route toC = leadership.route().current();

        leadership.moved("b");
        leadership.moved("unknown");
        assertThat(leadership.route().current()).isEqualTo(toC);
        leadership.isAt("b");

        assertThat(opened).hasSize(3);
        assertThat(opened.getLast().isShutdown()).isFalse();
    }
}
