package io.netsy.etcd.watch;

import static io.netsy.etcd.watch.WatchBed.delete;
import static io.netsy.etcd.watch.WatchBed.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every event once and in order, whatever a watcher's pace and whatever is in memory; and nobody waits for another. */
class WatchDeliveryTest {
    private static final UnaryOperator<WatchCreateRequest.Builder> FROM_NOW = UnaryOperator.identity();

    private static UnaryOperator<WatchCreateRequest.Builder> from(long revision) {
        return request -> request.setStartRevision(revision);
    }

    private static List<Long> revisionsOf(List<Event> events) {
        return events.stream().map(event -> event.getKv().getModRevision()).toList();
    }

    private static List<Long> revisions(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static void commitMany(WatchBed bed, String key, int count) {
        for (int i = 0; i < count; i++) {
            bed.commitPut(key, "value " + i);
        }
    }

    @Test
    void aSlowClientLosesNothingAndDelaysNobody() {
        try (WatchBed bed = new WatchBed(WatchBed.withQueueOf(4))) {
            WatchClient slow = bed.openSlow();
            WatchClient fast = bed.open();
            slow.create("a", FROM_NOW);
            fast.create("a", FROM_NOW);
            commitMany(bed, "a", 500);

            assertThat(revisionsOf(fast.takeEvents())).isEqualTo(revisions(2, 501));
            assertThat(slow.takeAll()).isEmpty();
            assertThat(bed.hub.stats().slowWatchers()).isEqualTo(1);
            assertThat(bed.hub.stats().queuedBytes()).isLessThan(1000);

            slow.readAll();
            assertThat(revisionsOf(slow.takeEvents())).isEqualTo(revisions(2, 501));
            assertThat(bed.hub.stats().slowWatchers()).isZero();
            bed.commitPut("a", "live again");
            assertThat(revisionsOf(slow.takeEvents())).containsExactly(502L);
        }
    }

    @Test
    void messagesThatHadToWaitLeaveAsOneOfFairSizeWithTheLastHeader() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.openSlow();
            client.create("a", FROM_NOW);
            client.read(1);
            client.takeAll();
            commitMany(bed, "a", 20);
            for (int i = 0; i < 5; i++) {
                bed.commitPut("a", "v".repeat(12_000));
            }
            client.readAll();
            List<WatchResponse> responses = client.takeAll();
            assertThat(responses).extracting(WatchResponse::getEventsCount).containsExactly(22, 2, 1);
            assertThat(responses.get(0).getHeader().getRevision()).isEqualTo(23);
            assertThat(revisionsOf(eventsOf(responses, 0))).isEqualTo(revisions(2, 26));
        }
    }

    @Test
    void aSlowClientThatReadsOneByOneGetsEverythingWhileWritesGoOn() {
        try (WatchBed bed = new WatchBed(WatchBed.withQueueOf(3))) {
            WatchClient slow = bed.openSlow();
            slow.create("a", FROM_NOW);
            slow.read(1);
            slow.takeAll();
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                commitMany(bed, "a", 2);
                slow.read(1);
                events.addAll(slow.takeEvents());
            }
            slow.readAll();
            events.addAll(slow.takeEvents());
            assertThat(revisionsOf(events)).isEqualTo(revisions(2, 601));
        }
    }

    @Test
    void whatWaitsForAllSlowClientsTogetherIsBounded() {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        WatchSettings settings = new WatchSettings(
                defaults.progressInterval(),
                defaults.fragmentBytes(),
                new WatchSettings.Outbound(1000, 1 << 20, 50_000),
                defaults.replay(),
                defaults.memory());
        try (WatchBed bed = new WatchBed(settings)) {
            List<WatchClient> slow = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                slow.add(bed.openSlow());
                slow.getLast().create("a", FROM_NOW);
            }
            String value = "v".repeat(1000);
            for (int i = 0; i < 100; i++) {
                bed.commitPut("a", value);
            }
            assertThat(bed.hub.stats().queuedBytes()).isLessThan(50_000 + 20 * 1100);
            for (WatchClient client : slow) {
                client.readAll();
                assertThat(revisionsOf(client.takeEvents())).isEqualTo(revisions(2, 101));
            }
        }
    }

    @Test
    void aSlowWatcherIsCanceledOnceItsNextRevisionIsCompacted() {
        try (WatchBed bed = new WatchBed(WatchBed.withQueueOf(2))) {
            WatchClient slow = bed.openSlow();
            slow.create("a", FROM_NOW);
            commitMany(bed, "a", 20);
            bed.compact(15);
            slow.readAll();

            List<WatchResponse> responses = slow.takeAll();
            WatchResponse last = responses.getLast();
            assertThat(last.getCanceled()).isTrue();
            assertThat(last.getCompactRevision()).isEqualTo(15);
            assertThat(last.getCancelReason()).isEmpty();
            assertThat(last.hasHeader()).isTrue();
            assertThat(last.getHeader().getRevision()).isZero();
            assertThat(responses.subList(1, responses.size() - 1))
                    .allMatch(response -> response.getEventsCount() == 1)
                    .hasSizeLessThan(4);
            bed.commitPut("a", "after");
            assertThat(slow.takeAll()).isEmpty();
        }
    }

    @Test
    void aCaughtUpWatcherIsNotTouchedByACompaction() {
        try (WatchBed bed = new WatchBed()) {
            commitMany(bed, "a", 5);
            WatchClient client = bed.open();
            client.create("a", request -> request.setPrevKv(true));
            client.takeAll();
            bed.compact(6);
            bed.commitPut("a", "next");
            assertThat(client.takeEvents()).singleElement().satisfies(event -> {
                assertThat(event.getKv().getModRevision()).isEqualTo(7);
                assertThat(event.getPrevKv().getModRevision()).isEqualTo(6);
            });
        }
    }

    @Test
    void aPreviousValueOnDiskDelaysOnlyThoseWhoWantIt() {
        try (WatchBed bed = new WatchBed()) {
            bed.commitPut("a", "old");
            bed.store.revisions().evictAll();
            WatchClient client = bed.open();
            client.create("a", request -> request.setPrevKv(true));
            client.create("a", FROM_NOW);
            client.takeAll();
            bed.blocking.hold();

            bed.commitPut("a", "new");
            bed.commitPut("a", "newer");
            bed.commitPut("a", "newest");
            assertThat(client.takeAll()).extracting(WatchResponse::getWatchId).containsExactly(1L, 1L, 1L);
            client.requestProgress();
            assertThat(client.takeAll()).as("not caught up").isEmpty();

            bed.blocking.immediate();
            List<Event> events = client.takeEvents();
            assertThat(revisionsOf(events)).isEqualTo(revisions(3, 5));
            assertThat(events)
                    .extracting(event -> event.getPrevKv().getValue().toStringUtf8())
                    .containsExactly("old", "new", "newer");
            client.requestProgress();
            assertThat(client.next().getWatchId()).isEqualTo(-1);
        }
    }

    @Test
    void commitsDuringAReplayFollowItWithoutGapOrDouble() {
        try (WatchBed bed = new WatchBed(WatchBed.withoutMemory())) {
            commitMany(bed, "a", 5);
            bed.blocking.hold();
            WatchClient client = bed.open();
            client.create("a", from(2));
            client.takeAll();
            for (int i = 0; i < 30; i++) {
                bed.commitPut("a", "x");
                bed.blocking.runOne();
            }
            bed.blocking.runAll();
            bed.commitPut("a", "live");
            assertThat(revisionsOf(client.takeEvents())).isEqualTo(revisions(2, 37));
            assertThat(bed.hub.stats().slowWatchers()).isZero();
        }
    }

    @Test
    void aReplayThatOnlyTheLastCommitsOutrunIsClosedFromMemory() {
        try (WatchBed bed = new WatchBed()) {
            commitMany(bed, "a", 1000);
            bed.blocking.hold();
            WatchClient client = bed.open();
            client.create("a", from(2));
            bed.commitPut("a", "while it waits");
            assertThat(bed.blocking.runOne()).isTrue();
            assertThat(bed.blocking.size()).as("no second pass is needed").isZero();
            assertThat(revisionsOf(client.takeEvents())).isEqualTo(revisions(2, 1002));
        }
    }

    @Test
    void aWatcherFromARecentRevisionNeedsNoRead() {
        try (WatchBed bed = new WatchBed()) {
            commitMany(bed, "a", 100);
            bed.blocking.hold();
            WatchClient client = bed.open();
            client.create("a", request -> request.setStartRevision(50).setPrevKv(true));
            assertThat(revisionsOf(client.takeEvents())).isEqualTo(revisions(50, 101));
            assertThat(bed.hub.stats().replayPasses()).isZero();
        }
    }

    @Test
    void createRequestsAreAnsweredWhileAReplayIsUnderWay() {
        try (WatchBed bed = new WatchBed(WatchBed.withoutMemory())) {
            commitMany(bed, "a", 5);
            bed.blocking.hold();
            WatchClient client = bed.open();
            client.create("a", from(2));
            client.create("b", FROM_NOW);
            assertThat(client.takeAll()).extracting(WatchResponse::getCreated).containsExactly(true, true);
        }
    }

    @Test
    void manyWatchersOfDifferentRevisionsShareAReadAndEachGetsItsOwn() {
        try (WatchBed bed = new WatchBed(WatchBed.withoutMemory())) {
            for (int i = 0; i < 50; i++) {
                bed.commit(put("a", "x"), put("b", "y"));
            }
            bed.blocking.hold();
            WatchClient other = bed.open();
            other.create("b", from(2));
            bed.blocking.runAll();
            long passes = bed.hub.stats().replayPasses();
            List<WatchClient> clients = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                clients.add(bed.open());
                clients.getLast().create("a", from(2 + i));
            }
            bed.blocking.runAll();
            assertThat(bed.hub.stats().replayPasses() - passes).isLessThanOrEqualTo(3);
            for (int i = 0; i < 40; i++) {
                assertThat(revisionsOf(clients.get(i).takeEvents())).isEqualTo(revisions(2 + i, 51));
            }
        }
    }

    @Test
    void eventsThatTheDispatcherWasTooLateForComeFromHistory() {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        WatchSettings settings = new WatchSettings(
                defaults.progressInterval(),
                defaults.fragmentBytes(),
                defaults.outbound(),
                defaults.replay(),
                new WatchSettings.Memory(100, 1 << 20, 10, 1 << 20));
        try (WatchBed bed = new WatchBed(settings)) {
            WatchClient client = bed.open();
            client.create("a", FROM_NOW);
            client.create("a", from(30));
            client.takeAll();
            bed.dispatcher.hold();
            commitMany(bed, "a", 50);
            bed.dispatcher.immediate();

            List<WatchResponse> responses = client.takeAll();
            assertThat(revisionsOf(eventsOf(responses, 0))).isEqualTo(revisions(2, 51));
            assertThat(revisionsOf(eventsOf(responses, 1))).isEqualTo(revisions(30, 51));
            assertThat(bed.hub.stats().replayPasses()).isPositive();
        }
    }

    private static List<Event> eventsOf(List<WatchResponse> responses, long watchId) {
        return responses.stream()
                .filter(response -> response.getWatchId() == watchId)
                .flatMap(response -> response.getEventsList().stream())
                .toList();
    }

    @Test
    void aStateAheadOfItsEventsIsCaughtUpWithFromHistory() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", FROM_NOW);
            client.create("a", from(4));
            client.create("a", from(9));
            client.takeAll();
            bed.announcing = false;
            commitMany(bed, "a", 5);
            bed.hub.onCommitted(new Commit(bed.store.committed(), List.of(), List.of()));
            bed.announcing = true;
            commitMany(bed, "a", 3);

            List<WatchResponse> responses = client.takeAll();
            assertThat(revisionsOf(eventsOf(responses, 0))).isEqualTo(revisions(2, 9));
            assertThat(revisionsOf(eventsOf(responses, 1))).isEqualTo(revisions(4, 9));
            assertThat(revisionsOf(eventsOf(responses, 2))).containsExactly(9L);
        }
    }

    @Test
    void revisionsThatWereAnnouncedAlreadyAreIgnored() {
        try (WatchBed bed = new WatchBed()) {
            List<Commit> commits = new ArrayList<>();
            bed.store.addListener(commits::add);
            WatchClient client = bed.open();
            client.create("a", FROM_NOW);
            commitMany(bed, "a", 3);
            commits.forEach(bed.hub::onCommitted);
            assertThat(revisionsOf(client.takeEvents())).isEqualTo(revisions(2, 4));
        }
    }

    @Test
    void aRequestWaitsForEventsThatItsSenderMayHaveSeen() {
        try (WatchBed bed = new WatchBed()) {
            List<Commit> announcements = new ArrayList<>();
            bed.announcing = false;
            bed.store.addListener(announcements::add);
            WatchClient client = bed.open();
            bed.commitPut("a", "published, not announced");
            client.create("a", FROM_NOW);
            client.requestProgress();
            assertThat(client.takeAll()).isEmpty();

            announcements.forEach(bed.hub::onCommitted);
            List<WatchResponse> responses = client.takeAll();
            assertThat(responses)
                    .hasSize(2)
                    .allMatch(response -> response.getHeader().getRevision() == 2);
            assertThat(responses.get(0).getCreated()).isTrue();
            assertThat(responses.get(1).getWatchId()).isEqualTo(-1);
        }
    }

    @Test
    void aFailedReadIsTriedAgainAfterAPause() {
        HookedRevisions[] hooked = new HookedRevisions[1];
        try (WatchBed bed =
                new WatchBed(WatchBed.withoutMemory(), revisions -> hooked[0] = new HookedRevisions(revisions))) {
            commitMany(bed, "a", 3);
            hooked[0].onBlockingRead = () -> {
                throw new UncheckedIOException("disk is unhappy", new IOException());
            };
            WatchClient client = bed.open();
            client.create("a", from(2));
            assertThat(client.takeEvents()).isEmpty();
            assertThat(bed.hub.stats().replayPasses()).isEqualTo(1);

            hooked[0].onBlockingRead = () -> {};
            bed.commitPut("a", "meanwhile");
            bed.timer.advance(Duration.ofSeconds(1));
            assertThat(revisionsOf(client.takeEvents())).isEqualTo(revisions(2, 5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "nothing"})
    void aCompactionDuringAReadCancelsRatherThanLeavesOut(String prefix) {
        HookedRevisions[] hooked = new HookedRevisions[1];
        try (WatchBed bed =
                new WatchBed(WatchBed.withoutMemory(), revisions -> hooked[0] = new HookedRevisions(revisions))) {
            commitMany(bed, "a", 10);
            hooked[0].onBlockingRead = () -> {
                hooked[0].onBlockingRead = () -> {};
                bed.compact(8);
            };
            WatchClient client = bed.open();
            client.createPrefix(prefix, from(2));
            assertThat(client.next().getCreated()).isTrue();
            assertThat(client.takeAll()).singleElement().satisfies(response -> {
                assertThat(response.getCanceled()).isTrue();
                assertThat(response.getCompactRevision()).isEqualTo(8);
            });
        }
    }

    @Test
    void fragmentsOfOneMessageStayTogether() {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        WatchSettings settings = new WatchSettings(
                defaults.progressInterval(), 3000, defaults.outbound(), defaults.replay(), defaults.memory());
        try (WatchBed bed = new WatchBed(settings)) {
            WatchClient client = bed.openSlow();
            client.createPrefix("a", request -> request.setFragment(true));
            client.createPrefix("a", request -> request.setFragment(true));
            client.read(2);
            client.takeAll();
            for (int i = 0; i < 20; i++) {
                bed.commit(
                        put("a1", "v".repeat(1000)),
                        put("a2", "v".repeat(1000)),
                        put("a3", "v".repeat(1000)),
                        put("a4", "v".repeat(5000)));
            }
            List<WatchResponse> responses = new ArrayList<>();
            for (int i = 0; i < 20 * 2 * 3; i++) {
                client.read(1);
                responses.add(client.next());
                if (i % 7 == 0) {
                    client.requestProgress();
                }
            }
            client.readAll();
            assertThat(client.takeAll()).allMatch(response -> response.getWatchId() == -1);
            responses.removeIf(response -> response.getWatchId() == -1);
            for (int i = 0; i + 1 < responses.size(); i++) {
                if (responses.get(i).getFragment()) {
                    assertThat(responses.get(i + 1).getWatchId())
                            .isEqualTo(responses.get(i).getWatchId());
                }
            }
            assertThat(eventsOf(responses, 0)).hasSizeGreaterThan(70);
        }
    }

    @Test
    void aCancelDropsWhatWaitsForTheWatcherAndNothingElse() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.openSlow();
            client.create("a", FROM_NOW);
            client.create("a", FROM_NOW);
            client.read(2);
            client.takeAll();
            commitMany(bed, "a", 10);
            client.requestProgress();
            client.cancel(0);
            client.readAll();
            List<WatchResponse> responses = client.takeAll();
            assertThat(responses.get(1).getCanceled()).isTrue();
            assertThat(responses.getLast().getWatchId()).isEqualTo(-1);
            assertThat(eventsOf(responses, 0)).isEmpty();
            assertThat(revisionsOf(eventsOf(responses, 1))).isEqualTo(revisions(2, 11));
            assertThat(bed.hub.stats().queuedBytes()).isZero();
        }
    }

    @Test
    void aWatcherThatIsCanceledWhileItIsReadForGetsNothingMore() {
        try (WatchBed bed = new WatchBed(WatchBed.withoutMemory())) {
            commitMany(bed, "a", 3);
            bed.blocking.hold();
            WatchClient client = bed.open();
            client.create("a", from(2));
            client.takeAll();
            client.cancel(0);
            bed.blocking.immediate();
            bed.commitPut("a", "later");
            assertThat(client.takeAll())
                    .singleElement()
                    .satisfies(response -> assertThat(response.getCanceled()).isTrue());
            assertThat(bed.hub.stats().slowWatchers()).isZero();
        }
    }

    @Test
    void progressComesAfterTheEventsItPromises() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.openSlow();
            client.create("a", FROM_NOW);
            client.read(1);
            client.takeAll();
            commitMany(bed, "a", 5);
            client.requestProgress();
            client.readAll();
            List<WatchResponse> responses = client.takeAll();
            assertThat(revisionsOf(eventsOf(responses, 0))).isEqualTo(revisions(2, 6));
            assertThat(responses.getLast().getEventsCount()).isZero();
            assertThat(responses.getLast().getHeader().getRevision()).isEqualTo(6);
        }
    }

    @Test
    void aClientThatOnlyAsksIsReadNoFurther() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.openSlow();
            for (int i = 0; i < 1000; i++) {
                client.create("a", FROM_NOW);
            }
            assertThat(bed.hub.stats().watchers()).isLessThan(100);
            client.readAll();
            assertThat(client.takeAll()).hasSize(1000);
            assertThat(bed.hub.stats().watchers()).isEqualTo(1000);
        }
    }

    @Test
    void watchersOfOneRangeWithDifferentWishesGetEachTheirOwn() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.createPrefix("a", FROM_NOW);
            client.createPrefix("a", request -> request.setPrevKv(true));
            client.createPrefix("a", request -> request.addFilters(WatchCreateRequest.FilterType.NOPUT));
            client.createPrefix(
                    "a",
                    request -> request.addFilters(WatchCreateRequest.FilterType.NOPUT)
                            .addFilters(WatchCreateRequest.FilterType.NODELETE));
            client.create("a1", request -> request.setRangeEnd(ByteString.copyFromUtf8("a1\0")));
            client.takeAll();
            bed.commitPut("a1", "1");
            bed.commitPut("a2", "1");
            bed.commit(put("a2", "2"), delete("a1"));

            List<WatchResponse> responses = client.takeAll();
            assertThat(eventsOf(responses, 0)).hasSize(4).noneMatch(Event::hasPrevKv);
            assertThat(eventsOf(responses, 1)).hasSize(4);
            assertThat(eventsOf(responses, 1).subList(2, 4)).allMatch(Event::hasPrevKv);
            assertThat(eventsOf(responses, 2)).hasSize(1);
            assertThat(eventsOf(responses, 3)).isEmpty();
            assertThat(eventsOf(responses, 4)).hasSize(2);
        }
    }

    @Test
    void aSmallCommitIsDeliveredByTheCommittingThreadAndALargeOneIsLeftToTheDispatcher() {
        try (WatchBed bed = WatchBed.deliveringUpTo(4)) {
            WatchClient client = bed.open();
            client.create("a", FROM_NOW);
            client.create("a", FROM_NOW);
            bed.dispatcher.hold();
            bed.commitPut("a", "by the committing thread");
            assertThat(revisionsOf(client.takeEvents())).containsExactly(2L, 2L);

            client.create("a", FROM_NOW);
            bed.commitPut("a", "after the request that waits");
            assertThat(revisionsOf(client.takeEvents())).isEmpty();
            bed.dispatcher.runAll();
            assertThat(revisionsOf(client.takeEvents())).containsExactly(3L, 3L, 3L);

            bed.commitPut("a", "too much work now");
            assertThat(revisionsOf(client.takeEvents())).isEmpty();
            bed.dispatcher.runAll();
            assertThat(revisionsOf(client.takeEvents())).containsExactly(4L, 4L, 4L);
        }
    }

    @Test
    void whatWasOverwrittenWithinTheCompactedRevisionIsGoneFromMemoryToo() {
        try (WatchBed bed = new WatchBed()) {
            long compacted = bed.commit(put("k/a", "short-lived"), delete("k/a"), put("k/b", "kept"));
            bed.commitPut("k/c", "after");
            bed.compact(compacted);

            WatchClient client = bed.open();
            client.createPrefix("k/", request -> request.setStartRevision(compacted));
            List<Event> events = client.takeEvents();
            assertThat(events)
                    .extracting(event -> event.getKv().getKey().toStringUtf8())
                    .containsExactly("k/a", "k/b", "k/c");
            assertThat(events.getFirst().getType()).isEqualTo(Event.EventType.DELETE);
        }
    }
}
