package io.netsy.etcd;

import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.op;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.txn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.etcd.server.EtcdServer;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.WireEtcd;
import io.netsy.etcd.testkit.WireWatch;
import io.netsy.etcd.watch.WatchSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The watch cases of section 21 of the etcd semantics over a socket, as a client sees them, by their numbers. */
class Section21WatchWireTest {
    private static final UnaryOperator<WatchCreateRequest.Builder> AS_IS = UnaryOperator.identity();

    private WireEtcd etcd;
    private KVGrpc.KVBlockingStub kv;
    private WireWatch watch;

    @BeforeEach
    void open() throws Exception {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        etcd = new WireEtcd(
                new WatchSettings(
                        Duration.ofMillis(200),
                        defaults.fragmentBytes(),
                        defaults.outbound(),
                        defaults.replay(),
                        defaults.memory()),
                EtcdServer::start);
        kv = KVGrpc.newBlockingStub(etcd.connect());
        watch = new WireWatch(etcd.connect());
    }

    @AfterEach
    void close() {
        watch.close();
        etcd.close();
    }

    private long write(String key, String value) {
        return kv.put(put(key, value).build()).getHeader().getRevision();
    }

    private static UnaryOperator<WatchCreateRequest.Builder> from(long revision) {
        return request -> request.setStartRevision(revision);
    }

    private static List<Long> revisionsOf(List<Event> events) {
        return events.stream().map(event -> event.getKv().getModRevision()).toList();
    }

    @Test
    void case43_createdComesAloneAndFirstThenTheEvent() throws Exception {
        WatchResponse created = watch.created("a", AS_IS);
        assertThat(created.getCreated()).isTrue();
        assertThat(created.getEventsCount()).isZero();
        assertThat(created.getHeader().getRevision()).isEqualTo(1);
        assertThat(created.getHeader().getClusterId()).isEqualTo(TestNode.CLUSTER_ID);

        write("a", "1");
        WatchResponse event = watch.next();
        assertThat(event.getEvents(0).getKv().getModRevision()).isEqualTo(2);
        assertThat(event.getHeader().getRevision()).isEqualTo(2);
        assertThat(event.getEventsCount()).isEqualTo(1);
    }

    @Test
    void case44_fifteenHundredRevisionsOfHistoryOnceInOrderNoneSplit() throws Exception {
        for (int i = 0; i < 1_500; i++) {
            var _ = kv.txn(txn(op(put("a/" + i % 7, "")), op(put("a/x", ""))).build());
        }
        watch.created(
                "a/",
                request -> request.setRangeEnd(ByteString.copyFromUtf8("a0")).setStartRevision(1));
        List<Long> revisions = new ArrayList<>();
        while (revisions.size() < 3_000) {
            List<Long> message = revisionsOf(watch.next().getEventsList());
            assertThat(message.size()).as("two events of each revision").isEven();
            revisions.addAll(message);
        }
        assertThat(revisions)
                .isEqualTo(LongStream.rangeClosed(2, 1_501)
                        .flatMap(revision -> LongStream.of(revision, revision))
                        .boxed()
                        .toList());
    }

    @Test
    void case45_aFutureStartRevisionGetsNothingOlder() throws Exception {
        assertThat(watch.created("a", from(6)).getCreated()).isTrue();
        for (int i = 2; i <= 7; i++) {
            assertThat(write("a", "")).isEqualTo(i);
        }
        assertThat(revisionsOf(watch.events(2))).containsExactly(6L, 7L);
    }

    @Test
    void case46_aCompactedStartIsCreatedThenCanceled() throws Exception {
        for (int i = 0; i < 5; i++) {
            write("a", "");
        }
        var _ = kv.compact(CompactionRequest.newBuilder().setRevision(4).build());
        WatchResponse created = watch.created("a", from(3));
        assertThat(created.getCreated()).isTrue();
        assertThat(created.getCanceled()).isFalse();

        WatchResponse canceled = watch.next();
        assertThat(canceled.getCreated()).isFalse();
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getCompactRevision()).isEqualTo(4);
        assertThat(canceled.getCancelReason()).isEmpty();
        assertThat(canceled.hasHeader()).isTrue();
        assertThat(canceled.getHeader().getRevision()).isZero();
    }

    @Test
    void case47_aNegativeStartIsRefusedAsCompacted() throws Exception {
        WatchResponse refused = watch.created("a", from(-1));
        assertThat(refused.getCreated()).isTrue();
        assertThat(refused.getCanceled()).isTrue();
        assertThat(refused.getWatchId()).isEqualTo(-1);
        assertThat(refused.getCancelReason()).isEqualTo("etcdserver: mvcc: required revision has been compacted");
        assertThat(refused.getCompactRevision()).isZero();
    }

    @Test
    void case48_anInvertedRangeIsRefusedAndTheStreamGoesOn() throws Exception {
        WatchResponse refused = watch.created("b", request -> request.setRangeEnd(ByteString.copyFromUtf8("a")));
        assertThat(refused.getCreated()).isTrue();
        assertThat(refused.getCanceled()).isTrue();
        assertThat(refused.getWatchId()).isEqualTo(-1);
        assertThat(refused.getCancelReason()).isEqualTo("mvcc: watcher range is empty");

        watch.created("b", AS_IS);
        write("b", "");
        assertThat(watch.events(1)).hasSize(1);
    }

    @Test
    void case49_idsCountUpAndAreTakenOnce() throws Exception {
        assertThat(watch.created("a", AS_IS).getWatchId()).isZero();
        assertThat(watch.created("a", AS_IS).getWatchId()).isEqualTo(1);
        watch.cancel(0);
        assertThat(watch.next().getCanceled()).isTrue();
        assertThat(watch.created("a", AS_IS).getWatchId()).isEqualTo(2);

        WatchResponse duplicate = watch.created("a", request -> request.setWatchId(1));
        assertThat(duplicate.getCreated()).isTrue();
        assertThat(duplicate.getCanceled()).isTrue();
        assertThat(duplicate.getWatchId()).isEqualTo(-1);
        assertThat(duplicate.getCancelReason()).isEqualTo("mvcc: duplicate watch ID provided on the WatchStream");
    }

    @Test
    void case50_onlyAKnownIdIsAnsweredAndSilentAfter() throws Exception {
        watch.created("a", AS_IS);
        watch.created("b", AS_IS);
        watch.cancel(77);
        watch.cancel(0);
        WatchResponse canceled = watch.next();
        assertThat(canceled.getWatchId()).isZero();
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getCancelReason()).isEmpty();
        assertThat(canceled.getHeader().getRevision()).isEqualTo(1);

        write("a", "");
        write("b", "");
        WatchResponse next = watch.next();
        assertThat(next.getWatchId()).isEqualTo(1);
        assertThat(next.getEvents(0).getKv().getKey()).isEqualTo(ByteString.copyFromUtf8("b"));
    }

    @Test
    void case51_withoutPutsOnlyTheDeletionComesBare() throws Exception {
        watch.created("a", request -> request.addFilters(WatchCreateRequest.FilterType.NOPUT));
        write("a", "1");
        var _ = kv.deleteRange(delete("a").build());

        assertThat(watch.events(1)).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo(Event.EventType.DELETE);
            assertThat(event.getKv())
                    .isEqualTo(KeyValue.newBuilder()
                            .setKey(ByteString.copyFromUtf8("a"))
                            .setModRevision(3)
                            .build());
        });
    }

    @Test
    void case52_previousKeysOfUpdatesAndDeletions() throws Exception {
        watch.created("a", request -> request.setPrevKv(true));
        write("a", "1");
        write("a", "2");
        var _ = kv.deleteRange(delete("a").build());

        List<Event> events = watch.events(3);
        assertThat(events.get(0).hasPrevKv()).isFalse();
        assertThat(events.get(1).getPrevKv().getValue()).isEqualTo(ByteString.copyFromUtf8("1"));
        assertThat(events.get(2).getPrevKv().getValue()).isEqualTo(ByteString.copyFromUtf8("2"));
        assertThat(events.get(2).getPrevKv().getVersion()).isEqualTo(2);
    }

    @Test
    void case53_progressForACaughtUpStreamOnly() throws Exception {
        write("x", "");
        watch.requestProgress();
        watch.created("a", AS_IS);
        watch.requestProgress();
        WatchResponse progress = watch.next();
        assertThat(progress.getWatchId()).isEqualTo(-1);
        assertThat(progress.getHeader().getRevision()).isEqualTo(2);
        assertThat(progress.getEventsCount()).isZero();
        assertThat(progress.getCreated()).isFalse();

        assertThat(watch.created("a", from(100)).getCreated()).isTrue();
        watch.requestProgress();
        watch.cancel(1);
        assertThat(watch.next().getCanceled())
                .as("nothing for the request while a watcher waits for a revision to come")
                .isTrue();
    }

    @Test
    void case54_noticesOfProgressComeByThemselvesToWhoAskedForThem() throws Exception {
        watch.created("a", request -> request.setProgressNotify(true));
        watch.created("b", AS_IS);
        write("x", "");

        WatchResponse notice = watch.next();
        while (notice.getHeader().getRevision() < 2) {
            notice = watch.next();
        }
        assertThat(notice.getWatchId()).isZero();
        assertThat(notice.getEventsCount()).isZero();
        assertThat(notice.getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void case55_anEmptyValueIsAPut() throws Exception {
        watch.created("a", AS_IS);
        write("a", "");
        Event event = watch.events(1).getFirst();
        assertThat(event.getType()).isEqualTo(Event.EventType.PUT);
        assertThat(event.getKv().getVersion()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void case56_aLargeReplayIsCutWhereThatIsAllowed(boolean fragment) throws Exception {
        String value = "v".repeat(500 << 10);
        for (int i = 0; i < 10; i++) {
            write("a", value);
        }
        watch.created("a", request -> request.setStartRevision(1).setFragment(fragment));
        List<Event> events = new ArrayList<>();
        int messages = 0;
        for (boolean more = true; more; messages++) {
            WatchResponse piece = watch.next();
            events.addAll(piece.getEventsList());
            more = piece.getFragment();
            assertThat(piece.getSerializedSize()).matches(size -> fragment ? size < 2 << 20 : size > 4 << 20);
        }
        assertThat(messages).isEqualTo(fragment ? 3 : 1);
        assertThat(revisionsOf(events))
                .isEqualTo(LongStream.rangeClosed(2, 11).boxed().toList());
    }

    @Test
    void case57_aHalfClosedStreamStillReceives() throws Exception {
        watch.created("a", AS_IS);
        watch.halfClose();
        write("a", "1");
        assertThat(watch.events(1)).hasSize(1);
        await().during(Duration.ofMillis(50)).until(watch::isOpen);
        write("a", "2");
        assertThat(watch.events(1)).hasSize(1);
    }
}
