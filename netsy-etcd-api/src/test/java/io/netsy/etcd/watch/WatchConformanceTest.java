package io.netsy.etcd.watch;

import static io.netsy.etcd.watch.WatchBed.delete;
import static io.netsy.etcd.watch.WatchBed.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest.FilterType;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.etcd.testkit.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The watch cases of the behavioural checklist, by their numbers there (etcd semantics, section 21). */
class WatchConformanceTest {

    private static UnaryOperator<WatchCreateRequest.Builder> from(long revision) {
        return request -> request.setStartRevision(revision);
    }

    private static List<Long> revisionsOf(List<Event> events) {
        return events.stream().map(event -> event.getKv().getModRevision()).toList();
    }

    private static WatchResponse.Builder response(long revision) {
        WatchResponse.Builder response = WatchResponse.newBuilder();
        response.getHeaderBuilder()
                .setClusterId(TestNode.CLUSTER_ID)
                .setMemberId(TestNode.MEMBER_ID)
                .setRevision(revision)
                .setRaftTerm(1);
        return response;
    }

    @Test
    void case43_createdComesFirstAndAloneThenTheEventWithItsRevision() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            bed.commitPut("a", "1");

            assertThat(client.next()).isEqualTo(response(1).setCreated(true).build());
            assertThat(client.next())
                    .isEqualTo(response(2)
                            .addEvents(Event.newBuilder()
                                    .setKv(KeyValue.newBuilder()
                                            .setKey(ByteString.copyFromUtf8("a"))
                                            .setValue(ByteString.copyFromUtf8("1"))
                                            .setCreateRevision(2)
                                            .setModRevision(2)
                                            .setVersion(1)))
                            .build());
            assertThat(client.takeAll()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void case44_historyComesOnceInOrderWithNoRevisionSplit(boolean fromMemory) {
        try (WatchBed bed = new WatchBed(fromMemory ? WatchSettings.DEFAULTS : WatchBed.withoutMemory())) {
            for (int i = 0; i < 1500; i++) {
                bed.commit(put("a/" + i, "x"), put("a/second", "y"));
            }
            WatchClient client = bed.open();
            client.createPrefix("a/", from(1));

            assertThat(client.next().getCreated()).isTrue();
            List<WatchResponse> batches = client.takeAll();
            List<Event> events = new ArrayList<>();
            long last = 0;
            for (WatchResponse batch : batches) {
                assertThat(batch.getEvents(0).getKv().getModRevision()).isGreaterThan(last);
                last = batch.getEvents(batch.getEventsCount() - 1).getKv().getModRevision();
                assertThat(revisionsOf(batch.getEventsList()).stream()
                                .distinct()
                                .count())
                        .isLessThanOrEqualTo(1000);
                assertThat(batch.getHeader().getRevision()).isEqualTo(1501);
                events.addAll(batch.getEventsList());
            }
            assertThat(revisionsOf(events))
                    .isEqualTo(LongStream.rangeClosed(2, 1501)
                            .boxed()
                            .flatMap(revision -> List.of(revision, revision).stream())
                            .toList());
            assertThat(events.get(0).getKv().getKey().toStringUtf8()).isEqualTo("a/0");
            assertThat(events.get(1).getKv().getKey().toStringUtf8()).isEqualTo("a/second");
        }
    }

    @Test
    void case45_nothingOlderThanAFutureStartRevisionIsDelivered() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", from(6));
            assertThat(client.takeAll())
                    .containsExactly(response(1).setCreated(true).build());

            for (int i = 0; i < 6; i++) {
                bed.commitPut("a", "x");
            }
            assertThat(revisionsOf(client.takeEvents())).containsExactly(6L, 7L);
        }
    }

    @Test
    void case45_aFutureStartRevisionInTheMiddleOfAGroupOfCommitsCutsIt() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", from(4));
            client.takeAll();

            commitTogether(bed, 5);
            assertThat(revisionsOf(client.takeEvents())).containsExactly(4L, 5L, 6L);
        }
    }

    private static void commitTogether(WatchBed bed, int count) {
        bed.store.holdCommits();
        List<CompletableFuture<Long>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(bed.begin(put("a", "x")));
        }
        bed.store.releaseCommits();
        assertThat(answers).allMatch(CompletableFuture::isDone);
    }

    @Test
    void case46_aCompactedStartRevisionIsCreatedThenCanceledWithTheCompactRevision() {
        try (WatchBed bed = new WatchBed()) {
            for (int i = 0; i < 9; i++) {
                bed.commitPut("a", "x");
            }
            bed.compact(5);
            WatchClient client = bed.open();
            client.create("a", from(4));

            assertThat(client.takeAll())
                    .containsExactly(
                            response(10).setCreated(true).build(),
                            response(0).setCanceled(true).setCompactRevision(5).build());
            bed.commitPut("a", "y");
            client.requestProgress();
            assertThat(client.takeAll()).as("the id blocks progress").isEmpty();

            client.cancel(0);
            assertThat(client.takeAll())
                    .containsExactly(response(11).setCanceled(true).build());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void case23_aWatchFromTheCompactRevisionDeliversTheDeletionAtIt(boolean fromMemory) {
        try (WatchBed bed = new WatchBed(fromMemory ? WatchSettings.DEFAULTS : WatchBed.withoutMemory())) {
            bed.commitPut("a", "1");
            bed.commitPut("b", "1");
            bed.commitPut("a", "2");
            bed.commit(delete("a"));
            bed.compact(5);
            WatchClient client = bed.open();
            client.createPrefix("a", from(5));

            assertThat(client.next().getCreated()).isTrue();
            assertThat(client.takeEvents())
                    .singleElement()
                    .satisfies(event -> assertThat(event.getType()).isEqualTo(Event.EventType.DELETE));
        }
    }

    @Test
    void case47_aNegativeStartRevisionIsRefusedAsCompactedBeforePermissionIsAsked() {
        try (WatchBed bed = new WatchBed()) {
            bed.authorizer = (key, rangeEnd) -> {
                throw EtcdError.PERMISSION_DENIED.exception();
            };
            WatchClient client = bed.open();
            client.create("a", from(-1));
            assertThat(client.takeAll())
                    .containsExactly(response(1)
                            .setWatchId(-1)
                            .setCreated(true)
                            .setCanceled(true)
                            .setCancelReason("etcdserver: mvcc: required revision has been compacted")
                            .build());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void case48_anEmptyRangeIsRefusedAndTheStreamStaysUsable(String rangeEnd) {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("b", request -> request.setRangeEnd(ByteString.copyFromUtf8(rangeEnd)));
            client.create("b", UnaryOperator.identity());
            bed.commitPut("b", "1");

            assertThat(client.next())
                    .isEqualTo(response(1)
                            .setWatchId(-1)
                            .setCreated(true)
                            .setCanceled(true)
                            .setCancelReason("mvcc: watcher range is empty")
                            .build());
            assertThat(client.next()).isEqualTo(response(1).setCreated(true).build());
            assertThat(client.takeEvents()).hasSize(1);
        }
    }

    @Test
    void case49_idsCountUpAreNeverReusedAndMayNotBeTakenTwice() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            client.create("a", UnaryOperator.identity());
            client.cancel(0);
            client.create("a", UnaryOperator.identity());
            client.create("a", request -> request.setWatchId(1));
            client.create("a", request -> request.setWatchId(3));
            client.create("a", UnaryOperator.identity());

            assertThat(client.takeAll())
                    .containsExactly(
                            response(1).setCreated(true).build(),
                            response(1).setCreated(true).setWatchId(1).build(),
                            response(1).setCanceled(true).build(),
                            response(1).setCreated(true).setWatchId(2).build(),
                            response(1)
                                    .setWatchId(-1)
                                    .setCreated(true)
                                    .setCanceled(true)
                                    .setCancelReason("mvcc: duplicate watch ID provided on the WatchStream")
                                    .build(),
                            response(1).setCreated(true).setWatchId(3).build(),
                            response(1).setCreated(true).setWatchId(4).build());
        }
    }

    @Test
    void case50_cancelIsAnsweredForAKnownIdAndFollowedBySilence() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            client.takeAll();
            client.cancel(7);
            assertThat(client.takeAll()).isEmpty();

            bed.commitPut("b", "1");
            client.cancel(0);
            bed.commitPut("a", "1");
            assertThat(client.takeAll())
                    .containsExactly(response(2).setCanceled(true).build());
            client.cancel(0);
            assertThat(client.takeAll()).isEmpty();
        }
    }

    @Test
    void case51_filtersDropEventsAndAMessageLeftEmptyIsNotSent() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", request -> request.addFilters(FilterType.NOPUT));
            client.create("a", request -> request.addFilters(FilterType.NODELETE));
            client.takeAll();

            bed.commitPut("a", "1");
            bed.commit(delete("a"));
            List<WatchResponse> responses = client.takeAll();
            assertThat(responses).hasSize(2);
            assertThat(responses.get(0).getWatchId()).isEqualTo(1);
            assertThat(responses.get(0).getEvents(0).getType()).isEqualTo(Event.EventType.PUT);
            assertThat(responses.get(1))
                    .isEqualTo(response(3)
                            .addEvents(Event.newBuilder()
                                    .setType(Event.EventType.DELETE)
                                    .setKv(KeyValue.newBuilder()
                                            .setKey(ByteString.copyFromUtf8("a"))
                                            .setModRevision(3)))
                            .build());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "memory", "store"})
    void case52_updatesAndDeletionsShowThePreviousKeyAndCreationsDoNot(String source) {
        WatchSettings settings = source.equals("store") ? WatchBed.withoutMemory() : WatchSettings.DEFAULTS;
        try (WatchBed bed = new WatchBed(settings)) {
            WatchClient client = bed.open();
            if (source.equals("live")) {
                client.create("a", request -> request.setPrevKv(true));
            }
            bed.commitPut("a", "1");
            bed.commitPut("a", "2");
            bed.commit(delete("a"));
            bed.commitPut("a", "3");
            if (!source.equals("live")) {
                client.create("a", request -> request.setPrevKv(true).setStartRevision(1));
            }

            List<Event> events = client.takeEvents();
            assertThat(events).hasSize(4);
            assertThat(events.get(0).hasPrevKv()).isFalse();
            assertThat(events.get(1).getPrevKv()).isEqualTo(events.get(0).getKv());
            assertThat(events.get(2).getPrevKv()).isEqualTo(events.get(1).getKv());
            assertThat(events.get(3).hasPrevKv()).isFalse();
        }
    }

    @Test
    void case52_withoutTheFlagThereIsNoPreviousKey() {
        try (WatchBed bed = new WatchBed()) {
            bed.commitPut("a", "1");
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            bed.commitPut("a", "2");
            assertThat(client.takeEvents())
                    .singleElement()
                    .satisfies(event -> assertThat(event.hasPrevKv()).isFalse());
        }
    }

    @Test
    void case53_progressIsReportedOnceForACaughtUpStreamAndNotAtAllOtherwise() {
        try (WatchBed bed = new WatchBed()) {
            bed.commitPut("x", "1");
            WatchClient client = bed.open();
            client.requestProgress();
            assertThat(client.takeAll()).as("no watcher").isEmpty();

            client.create("a", UnaryOperator.identity());
            client.create("b", UnaryOperator.identity());
            client.takeAll();
            client.requestProgress();
            assertThat(client.takeAll())
                    .containsExactly(response(2).setWatchId(-1).build());

            client.create("a", from(3));
            client.takeAll();
            client.requestProgress();
            assertThat(client.takeAll()).as("a future watcher").isEmpty();

            bed.commitPut("x", "1");
            client.requestProgress();
            assertThat(client.takeAll())
                    .as("its revision came")
                    .containsExactly(response(3).setWatchId(-1).build());
        }
    }

    @Test
    void case53_progressIsNotReportedWhileAWatcherIsReplayingNorLaterForThatRequest() {
        try (WatchBed bed = new WatchBed(WatchBed.withoutMemory())) {
            bed.commitPut("x", "1");
            bed.commitPut("x", "2");
            bed.blocking.hold();
            WatchClient client = bed.open();
            client.create("x", from(2));
            client.takeAll();
            client.requestProgress();
            assertThat(client.takeAll()).isEmpty();

            bed.blocking.immediate();
            assertThat(client.takeAll())
                    .allSatisfy(
                            response -> assertThat(response.getEventsCount()).isPositive());
            client.requestProgress();
            assertThat(client.takeAll())
                    .containsExactly(response(3).setWatchId(-1).build());
        }
    }

    @Test
    void case54_aTickIsSkippedOnceAfterEventsAndTheNextReports() {
        Duration interval = Duration.ofSeconds(5);
        try (WatchBed bed = new WatchBed(WatchBed.withProgressEvery(interval))) {
            Duration tick = interval.plus(interval.dividedBy(10));
            WatchClient client = bed.open();
            client.create("a", request -> request.setProgressNotify(true));
            client.create("b", UnaryOperator.identity());
            client.takeAll();
            bed.commitPut("a", "1");
            assertThat(client.takeEvents()).hasSize(1);

            bed.timer.advance(tick);
            assertThat(client.takeAll()).as("first tick").isEmpty();
            bed.commitPut("c", "1");
            bed.timer.advance(tick);
            assertThat(client.takeAll())
                    .as("second tick")
                    .containsExactly(response(3).setWatchId(0).build());
        }
    }

    @Test
    void case55_anEmptyValueIsAPut() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            bed.commitPut("a", "");
            assertThat(client.takeEvents()).singleElement().satisfies(event -> {
                assertThat(event.getType()).isEqualTo(Event.EventType.PUT);
                assertThat(event.getKv().getVersion()).isEqualTo(1);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void case56_aLargeReplayIsCutBelowTwoMebibytesOnlyWhereThatIsAllowed(boolean fragment) {
        try (WatchBed bed = new WatchBed()) {
            String value = "v".repeat(500 * 1024);
            for (int i = 0; i < 10; i++) {
                bed.commitPut("a", value);
            }
            WatchClient client = bed.open();
            client.create("a", request -> request.setStartRevision(1).setFragment(fragment));

            assertThat(client.next().getCreated()).isTrue();
            List<WatchResponse> pieces = client.takeAll();
            assertThat(pieces).hasSize(fragment ? 3 : 1);
            assertThat(pieces.getLast().getFragment()).isFalse();
            assertThat(pieces.subList(0, pieces.size() - 1)).allMatch(WatchResponse::getFragment);
            for (WatchResponse piece : pieces) {
                assertThat(piece.getHeader().getRevision()).isEqualTo(11);
                if (fragment) {
                    assertThat(piece.getSerializedSize()).isLessThan(2 << 20);
                }
            }
            assertThat(pieces.stream().flatMap(piece -> revisionsOf(piece.getEventsList()).stream()))
                    .isEqualTo(LongStream.rangeClosed(2, 11).boxed().toList());
        }
    }

    @Test
    void case57_aHalfClosedStreamStillReceives() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            client.halfClose();
            bed.commitPut("a", "1");
            assertThat(client.takeEvents()).hasSize(1);
            assertThat(client.end()).isNull();
        }
    }

    @Test
    void case75_aForbiddenRangeIsRefusedInGoWordsAndOthersGoOn() {
        try (WatchBed bed = new WatchBed()) {
            bed.authorizer = (key, rangeEnd) -> {
                if (key.toString().startsWith("secret")) {
                    throw EtcdError.PERMISSION_DENIED.exception();
                }
            };
            WatchClient client = bed.open();
            client.create("open", UnaryOperator.identity());
            client.create("secret", UnaryOperator.identity());
            bed.commitPut("open", "1");

            assertThat(client.next().getCreated()).isTrue();
            assertThat(client.next())
                    .isEqualTo(response(1)
                            .setWatchId(-1)
                            .setCreated(true)
                            .setCanceled(true)
                            .setCancelReason("rpc error: code = PermissionDenied desc = etcdserver: permission denied")
                            .build());
            assertThat(client.takeEvents()).hasSize(1);
        }
    }

    @Test
    void case77_permissionIsAskedForTheRangeAsItWasRequested() {
        try (WatchBed bed = new WatchBed()) {
            List<String> asked = new ArrayList<>();
            bed.authorizer = (key, rangeEnd) -> asked.add(key + ".." + rangeEnd);
            WatchClient client = bed.open();
            client.create("k", request -> request.setRangeEnd(ByteString.copyFromUtf8("\0")));
            client.create("", UnaryOperator.identity());
            client.create("k", UnaryOperator.identity());
            assertThat(asked).containsExactly("k..\\x00", "\\x00..", "k..");
        }
    }

    @Test
    void case03_aPutOfTheSameValueIsAnEvent() {
        try (WatchBed bed = new WatchBed()) {
            bed.commitPut("a", "1");
            WatchClient client = bed.open();
            client.create("a", UnaryOperator.identity());
            bed.commitPut("a", "1");
            assertThat(client.takeEvents())
                    .singleElement()
                    .satisfies(event -> assertThat(event.getKv().getVersion()).isEqualTo(2));
        }
    }

    @Test
    void case26_allEventsOfARevisionComeInOneMessage() {
        try (WatchBed bed = new WatchBed()) {
            bed.commit(put("a", "1"), put("b", "1"), put("c", "1"));
            WatchClient client = bed.open();
            client.createPrefix("a", request -> request.setRangeEnd(ByteString.copyFromUtf8("\0")));
            client.takeAll();
            bed.commit(delete("a"), delete("b"), delete("c"));
            assertThat(client.takeAll())
                    .singleElement()
                    .satisfies(response -> assertThat(response.getEventsList())
                            .extracting(event -> event.getKv().getKey().toStringUtf8())
                            .containsExactly("a", "b", "c"));
        }
    }

    @Test
    void case33_aPutAndADeletionOfOneKeyInOneRevisionAreTwoEventsInOrder() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("b", request -> request.setPrevKv(true));
            client.takeAll();
            bed.commit(put("b", "1"), delete("b"));
            List<Event> events = client.takeEvents();
            assertThat(events).extracting(Event::getType).containsExactly(Event.EventType.PUT, Event.EventType.DELETE);
            assertThat(events).noneMatch(Event::hasPrevKv);
            assertThat(revisionsOf(events)).containsExactly(2L, 2L);
        }
    }

    @Test
    void aRequestOfNoKindIsIgnored() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.send(WatchRequest.getDefaultInstance());
            assertThat(client.takeAll()).isEmpty();
            client.create("a", UnaryOperator.identity());
            assertThat(client.takeAll()).hasSize(1);
        }
    }

    @Test
    void anEmptyKeyIsTheLeastAndAZeroRangeEndHasNoEnd() {
        try (WatchBed bed = new WatchBed()) {
            WatchClient client = bed.open();
            client.create("", request -> request.setRangeEnd(ByteString.copyFromUtf8("\0")));
            client.takeAll();
            bed.commit(put("\0", "1"), put("zz", "1"));
            assertThat(client.takeEvents()).hasSize(2);
        }
    }
}
