package io.netsy.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameEncoderTest {
    private static final int LIMIT = 4096;

    private final FrameEncoder encoder = new FrameEncoder(new TestNode(new TestStore()), LIMIT);

    private static WatchEvent event(long revision, int valueBytes) {
        return WatchEvent.stored(
                new StoredRevision(
                        RevisionId.pack(revision, 0),
                        Bytes.utf8("key"),
                        Bytes.wrap(new byte[valueBytes]),
                        revision,
                        1,
                        0),
                0);
    }

    private static EventBatch batch(int... valueBytes) {
        List<WatchEvent> events = new ArrayList<>();
        for (int size : valueBytes) {
            events.add(event(100 + events.size(), size));
        }
        return new EventBatch(events, false);
    }

    private static Watcher watcher(long id, boolean fragment) {
        WatchCreateRequest request =
                WatchCreateRequest.newBuilder().setFragment(fragment).build();
        return new Watcher(unusedStream(), id, WatchSpec.of(request));
    }

    private static WatchStream unusedStream() {
        return new WatchStream(OutboxTest.unusedOutbox(), ConnectionLoad.of(Attributes.EMPTY), false);
    }

    private List<WatchResponse> encode(Watcher watcher, EventBatch batch, int from) throws IOException {
        List<WatchResponse> responses = new ArrayList<>();
        for (WatchFrame frame : encoder.events(encoder.header(7, 3), watcher, batch, from)) {
            WatchResponse parsed = WatchResponse.parseFrom(WatchFrame.MARSHALLER.stream(frame));
            assertThat(poured(frame)).isEqualTo(parsed.toByteArray()).hasSize((int) frame.sizeBytes());
            responses.add(parsed);
        }
        return responses;
    }

    private static byte[] poured(WatchFrame frame) throws IOException {
        InputStream stream = WatchFrame.MARSHALLER.stream(frame);
        assertThat(stream).isInstanceOf(Drainable.class).isInstanceOf(KnownLength.class);
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        int promised = stream.available();
        assertThat(((Drainable) stream).drainTo(target)).isEqualTo(promised).isEqualTo(target.size());
        return target.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 5, 300, -1, Long.MAX_VALUE})
    void aMessageHasHeaderIdAndTheEventsFromAPositionOn(long id) throws IOException {
        assertThat(encode(watcher(id, false), batch(10, 20, 30), 1))
                .singleElement()
                .satisfies(response -> {
                    assertThat(response.getWatchId()).isEqualTo(id);
                    assertThat(response.getHeader().getRevision()).isEqualTo(7);
                    assertThat(response.getHeader().getRaftTerm()).isEqualTo(3);
                    assertThat(response.getHeader().getClusterId()).isEqualTo(TestNode.CLUSTER_ID);
                    assertThat(response.getEventsList())
                            .extracting(event -> event.getKv().getModRevision())
                            .containsExactly(101L, 102L);
                });
    }

    /** The largest message that stays whole, and the smallest that is cut. */
    @Test
    void aMessageIsCutFromTheLimitOn() throws IOException {
        int overhead = encode(watcher(1, true), batch(1000, 1000), 0).getFirst().getSerializedSize() - 2000;
        assertThat(encode(watcher(1, true), batch(1000, LIMIT - 1 - overhead - 1000), 0))
                .singleElement()
                .satisfies(response -> {
                    assertThat(response.getSerializedSize()).isEqualTo(LIMIT - 1);
                    assertThat(response.getFragment()).isFalse();
                });
        assertThat(encode(watcher(1, true), batch(1000, LIMIT - overhead - 1000), 0))
                .extracting(WatchResponse::getFragment)
                .containsExactly(true, false);
        assertThat(encode(watcher(1, false), batch(1000, LIMIT), 0)).hasSize(1);
    }

    @Test
    void aSingleEventIsNeverCut() throws IOException {
        assertThat(encode(watcher(1, true), batch(3 * LIMIT), 0)).hasSize(1);
        assertThat(encode(watcher(1, true), batch(3 * LIMIT, 1, 3 * LIMIT), 0))
                .extracting(WatchResponse::getEventsCount)
                .containsExactly(1, 1, 1);
    }

    /** Against etcd's way of doing it: add events to a message until its size reaches the limit. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void piecesAreThoseOfEtcd(long seed) throws IOException {
        Random random = new Random(seed);
        int[] sizes = random.ints(60, 0, 2000).toArray();
        EventBatch batch = batch(sizes);
        WatchResponse whole = encode(watcher(9, false), batch, 0).getFirst();
        assertThat(encode(watcher(9, true), batch, 0)).isEqualTo(piecesOf(whole));
    }

    private static List<WatchResponse> piecesOf(WatchResponse whole) {
        List<WatchResponse> pieces = new ArrayList<>();
        List<Event> left = new ArrayList<>(whole.getEventsList());
        while (!left.isEmpty()) {
            WatchResponse.Builder piece = whole.toBuilder().clearEvents().setFragment(true);
            while (!left.isEmpty()) {
                piece.addEvents(left.getFirst());
                if (piece.getEventsCount() > 1 && piece.build().getSerializedSize() >= LIMIT) {
                    piece.removeEvents(piece.getEventsCount() - 1);
                    break;
                }
                left.removeFirst();
            }
            pieces.add(piece.setFragment(!left.isEmpty()).build());
        }
        return pieces;
    }
}
