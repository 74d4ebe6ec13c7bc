package io.netsy.elector.assignment.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.ElectorAssignment;
import io.netsy.elector.assignment.lease.LeaseTimings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every source must do; run it against each there is. */
public abstract class AssignmentContract {
    protected static final LeaseTimings TIMINGS = new LeaseTimings(Duration.ofMillis(1500), Duration.ofMillis(250));
    protected static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<ElectorAssignment> opened = new ArrayList<>();

    /** The source as this node asks it, not started. */
    protected abstract ElectorAssignment make(String node) throws Exception;

    /** Has the node be the elector; {@code source} is its own. */
    protected abstract void appoint(String node, ElectorAssignment source) throws Exception;

    /** The node can't reach the source any more. */
    protected abstract void cut(String node) throws Exception;

    /** It can again. */
    protected abstract void mend(String node) throws Exception;

    @AfterEach
    final void closeSources() {
        opened.forEach(ElectorAssignment::close);
    }

    /** A source that is started, and closed after the test. */
    protected final ElectorAssignment open(String node) throws Exception {
        ElectorAssignment source = make(node);
        opened.add(source);
        source.start();
        return source;
    }

    protected static void awaitHolder(ElectorAssignment source, String node) {
        await().atMost(LIMIT).until(() -> node.equals(source.current().holderOrNull()));
    }

    protected static void awaitSelf(ElectorAssignment source) {
        await().atMost(LIMIT).until(() -> source.current().isSelf());
    }

    @Test
    final void nobodyIsTheElectorBeforeTheFirstAnswer() throws Exception {
        try (ElectorAssignment source = make("a")) {
            appoint("a", source);

            assertThat(source.current()).isInstanceOf(Assignment.Unknown.class);
        }
    }

    @Test
    final void whoIsAppointedKnowsItAndTheOthersNameHim() throws Exception {
        ElectorAssignment a = open("a");
        ElectorAssignment b = open("b");
        appoint("a", a);

        awaitSelf(a);
        awaitHolder(b, "a");
        assertThat(b.current().isSelf()).isFalse();
    }

    @Test
    final void aSourceOutOfReachEndsInUnknownAndRecoversByItself() throws Exception {
        ElectorAssignment a = open("a");
        appoint("a", a);
        awaitSelf(a);
        AtomicInteger changes = new AtomicInteger();
        a.onChange(changes::incrementAndGet);

        cut("a");
        await().atMost(LIMIT).until(() -> a.current() instanceof Assignment.Unknown);
        await().atMost(LIMIT).until(() -> changes.get() >= 1);
        assertThat(((Assignment.Unknown) a.current()).reason()).isNotBlank();

        mend("a");
        awaitSelf(a);
        await().atMost(LIMIT).until(() -> changes.get() >= 2);
    }

    @Test
    final void listenersHearOfAChangeAndAskForIt() throws Exception {
        ElectorAssignment a = open("a");
        ElectorAssignment b = open("b");
        AtomicInteger changes = new AtomicInteger();
        b.onChange(() -> {
            throw new IllegalStateException("a listener that fails harms nobody");
        });
        b.onChange(() -> {
            if ("a".equals(b.current().holderOrNull())) {
                changes.incrementAndGet();
            }
        });
        appoint("a", a);

        await().atMost(LIMIT).until(() -> changes.get() == 1);
    }

    @Test
    final void aClosedSourceKnowsNothing() throws Exception {
        ElectorAssignment a = open("a");
        appoint("a", a);
        awaitSelf(a);

        a.close();

        assertThat(a.current()).isInstanceOf(Assignment.Unknown.class);
    }
}
