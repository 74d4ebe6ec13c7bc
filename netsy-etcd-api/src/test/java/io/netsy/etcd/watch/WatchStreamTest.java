package io.netsy.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How streams begin and end, and that nothing of them is left. */
class WatchStreamTest {
    private static void assertEnded(@Nullable Status status, EtcdError error) {
        assertThat(status).isNotNull();
        assertThat(status.getCode()).isEqualTo(error.status().getCode());
        assertThat(status.getDescription()).isEqualTo(error.message());
    }

    @Test
    void losingTheLeaderEndsOnlyTheStreamsThatAskedForOne() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient asked = bed.openWithLeader();
            WatchClient did = bed.open();
            asked.create("a", UnaryOperator.identity());
            did.create("a", UnaryOperator.identity());
            bed.hub.onLeaderLost();

            assertEnded(asked.end(), EtcdError.NO_LEADER);
            assertThat(did.end()).isNull();
            bed.commitPut("a", "1");
            assertThat(asked.takeEvents()).isEmpty();
            assertThat(did.takeEvents()).hasSize(1);
            assertThat(bed.hub.stats().streams()).isEqualTo(1);
        }
    }

    @Test
    void case85_aStreamThatNeedsALeaderIsNotOpenedWithoutOne() {
        try (WatchBed bed = new WatchBed()) {
            bed.store.setLeader(false);
            assertEnded(bed.openWithLeader().end(), EtcdError.NO_LEADER);
            assertThat(bed.open().end()).isNull();
        }
    }

    @Test
    void aStopEndsAllStreamsRetryablyAndOpensNoOthers() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            bed.hub.stop();
            assertEnded(client.end(), EtcdError.STOPPED);
            assertThat(EtcdError.STOPPED.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertEnded(bed.open().end(), EtcdError.STOPPED);
            assertNothingIsLeft(bed);
        }
    }

    @Test
    void aStopEndsAStreamWhoseClientDoesNotRead() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.openSlow();
            client.create("a", UnaryOperator.identity());
            bed.commitPut("a", "1");
            bed.hub.stop();
            assertEnded(client.end(), EtcdError.STOPPED);
            assertNothingIsLeft(bed);
        }
    }

    @Test
    void aStreamThatItsClientGaveUpLeavesNothing() {
        try (WatchBed bed = new WatchBed(WatchBed.withQueueOf(2))) {
            bed.commitPut("a", "0");
            WatchClient client = bed.openSlow();
            client.create("a", request -> request.setProgressNotify(true));
            client.create("a", request -> request.setStartRevision(1000));
            client.create("a", request -> request.setStartRevision(1));
            for (int i = 0; i < 10; i++) {
                bed.commitPut("a", "x");
            }
            assertThat(bed.hub.stats().watchers()).isEqualTo(3);
            assertThat(bed.hub.stats().queuedBytes()).isPositive();
            client.abort();
            assertNothingIsLeft(bed);
            assertThat(bed.timer.size()).isZero();
            bed.commitPut("a", "y");
        }
    }

    @Test
    void waitingEventsAreCountedUntilTheyAreReadOrGivenUp() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient reader = bed.openSlow();
            WatchClient leaver = bed.openSlow();
            reader.create("a", UnaryOperator.identity());
            leaver.create("a", UnaryOperator.identity());
            bed.commitPut("a", "1");
            bed.commitPut("a", "2");
            assertThat(bed.hub.stats().queuedEvents()).isEqualTo(4);
            reader.read(10);
            assertThat(bed.hub.stats().queuedEvents()).isEqualTo(2);
            leaver.abort();
            assertThat(bed.hub.stats().queuedEvents()).isZero();
        }
    }

    @Test
    void aStreamThatIsGivenUpDuringAReadLeavesNothing() {
        try (WatchBed bed = new WatchBed(WatchBed.withoutMemory())) {
            bed.commitPut("a", "0");
            bed.blocking.hold();
            WatchClient client = bed.open();
            client.create("a", request -> request.setStartRevision(1));
            client.abort();
            bed.blocking.immediate();
            assertNothingIsLeft(bed);
        }
    }

    private static void assertNothingIsLeft(WatchBed bed) {
        WatchStats stats = bed.hub.stats();
        assertThat(stats.streams()).isZero();
        assertThat(stats.watchers()).isZero();
        assertThat(stats.slowWatchers()).isZero();
        assertThat(stats.queuedBytes()).isZero();
        assertThat(stats.queuedEvents()).isZero();
    }

    @Test
    void aReplacedStoreEndsStreamsSoThatClientsResume() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            client.create("a", request -> request.setStartRevision(9));
            bed.announcing = false;
            bed.commitPut("a", "1");
            bed.hub.reset(bed.store.committed());
            bed.announcing = true;
            assertThat(client.end()).isNotNull();
            assertThat(client.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertNothingIsLeft(bed);

            WatchClient resumed = bed.open();
            resumed.create("a", request -> request.setStartRevision(2));
            bed.commitPut("a", "2");
            assertThat(resumed.takeEvents())
                    .extracting(event -> event.getKv().getValue().toStringUtf8())
                    .containsExactly("1", "2");
        }
    }

    @Test
    void aFailingDispatcherEndsAllStreamsAndServesOn() {
        HookedRevisions[] hooked = new HookedRevisions[1];
        try (WatchBed bed =
                new WatchBed(WatchSettings.DEFAULTS, revisions -> hooked[0] = new HookedRevisions(revisions))) {
            bed.commitPut("a", "1");
            WatchClient client = bed.open();
            client.create("a", request -> request.setPrevKv(true));
            hooked[0].onCachedRead = () -> {
                throw new IllegalStateException("a defect");
            };
            bed.commitPut("a", "2");
            hooked[0].onCachedRead = () -> {};
            assertThat(client.end()).isNotNull();
            assertThat(client.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertNothingIsLeft(bed);

            WatchClient resumed = bed.open();
            resumed.create("a", request -> request.setPrevKv(true).setStartRevision(3));
            bed.commitPut("a", "3");
            assertThat(resumed.takeEvents()).hasSize(2).allMatch(Event::hasPrevKv);
        }
    }

    @Test
    void ticksReportOnlyWhatWasDeliveredAndOnlyToThoseWhoAskedAndAreUpToDate() {
        Duration interval = Duration.ofMillis(100);
        try (WatchBed bed = new WatchBed(WatchBed.withProgressEvery(interval))) {
            Duration tick = interval.plus(interval.dividedBy(10));
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            client.create("a", request -> request.setProgressNotify(true));
            client.create("a", request -> request.setProgressNotify(true).setStartRevision(7));
            bed.commitPut("b", "1");
            client.takeAll();
            bed.timer.advance(tick);
            assertThat(client.takeAll()).singleElement().satisfies(response -> {
                assertThat(response.getWatchId()).isEqualTo(1);
                assertThat(response.getHeader().getRevision()).isEqualTo(2);
                assertThat(response.getCreated() || response.getCanceled()).isFalse();
            });
            bed.timer.advance(interval.multipliedBy(20));
            assertThat(client.takeAll())
                    .hasSizeBetween(17, 20)
                    .extracting(WatchResponse::getWatchId)
                    .containsOnly(1L);
        }
    }

    @Test
    void aTickSendsNothingToAClientThatIsFarBehind() {
        Duration interval = Duration.ofSeconds(1);
        WatchSettings defaults = WatchSettings.DEFAULTS;
        WatchSettings settings = new WatchSettings(
                interval,
                defaults.fragmentBytes(),
                new WatchSettings.Outbound(3, 1 << 20, 1 << 26),
                defaults.replay(),
                defaults.memory());
        try (WatchBed bed = new WatchBed(settings)) {
            WatchClient client = bed.openSlow();
            client.create("a", request -> request.setProgressNotify(true));
            bed.timer.advance(interval.multipliedBy(100));
            client.readAll();
            assertThat(client.takeAll()).hasSize(3);
        }
    }
}
