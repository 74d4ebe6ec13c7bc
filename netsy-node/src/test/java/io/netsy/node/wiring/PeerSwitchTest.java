package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerListener;
import io.netsy.replication.wire.PeerStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** To whom streams of standbys go while a node's role changes. */
class PeerSwitchTest {
    private static final Hello HELLO =
            new Hello(new Identity(new UUID(1, 1), "b", new UUID(2, 2)), 1, LogPosition.START, List.of());

    private final PeerSwitch streams = new PeerSwitch("a");
    private final Term term = new Term();

    /** Remembers whose streams it got. */
    private static final class Term implements PeerListener {
        private final List<Long> came = new ArrayList<>();
        private final List<Long> gone = new ArrayList<>();

        @Override
        public void onHello(PeerStream stream, Hello hello) {
            came.add(stream.id());
        }

        @Override
        public void onMessage(PeerStream stream, PeerMessage.FromStandby message) {}

        @Override
        public void onClosed(PeerStream stream, String reason) {
            gone.add(stream.id());
        }
    }

    /** Remembers whether it was closed. */
    private static final class Stream implements PeerStream {
        private final long id;
        private boolean closed;

        Stream(long id) {
            this.id = id;
        }

        @Override
        public long id() {
            return id;
        }

        @Override
        public String remote() {
            return "127.0.0.1:1";
        }

        @Override
        public void send(PeerMessage message) {}

        @Override
        public long unsentBytes() {
            return 0;
        }

        @Override
        public void close(String reason) {
            closed = true;
        }
    }

    private Stream hello(long id) {
        Stream stream = new Stream(id);
        streams.onHello(stream, HELLO);
        return stream;
    }

    @Test
    void withoutATermStreamsAreRefused() {
        assertThat(hello(1).closed).isTrue();
        streams.lead(term);
        assertThat(hello(2).closed).isFalse();
        streams.leadNoMore();
        assertThat(hello(3).closed).isTrue();

        assertThat(term.came).containsExactly(2L);
    }

    @Test
    void whoComesBeforeTheTermBeginsWaitsForIt() {
        streams.awaitLead();
        Stream early = hello(1);
        Stream left = hello(2);
        streams.onClosed(left, "it left");

        streams.lead(term);
        assertThat(early.closed).isFalse();
        assertThat(term.came).containsExactly(1L);
        streams.onClosed(early, "it left too");
        assertThat(term.gone).containsExactly(1L);
    }

    @Test
    void whoWaitsForATermThatDoesNotBeginIsRefused() {
        streams.awaitLead();
        Stream early = hello(1);
        streams.leadNoMore();

        assertThat(early.closed).isTrue();
        assertThat(hello(2).closed).isTrue();
        streams.lead(term);
        assertThat(term.came).isEmpty();
    }
}
