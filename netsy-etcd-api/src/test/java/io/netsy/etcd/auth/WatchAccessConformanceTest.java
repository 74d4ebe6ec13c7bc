package io.netsy.etcd.auth;

import static io.netsy.etcd.auth.AuthBed.READ;
import static io.netsy.etcd.auth.AuthBed.READWRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc.WatchStub;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.etcd.testkit.Requests;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may watch what (etcd semantics, sections 11 and 17; cases by number from section 21). */
class WatchAccessConformanceTest {
    private static final String DENIED = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";

    private final AuthBed bed = AuthBed.enabled();

    @AfterEach
    void close() {
        bed.close();
    }

    /** A stream of one client. */
    private static final class Stream implements StreamObserver<WatchResponse> {
        private final List<WatchResponse> received = new ArrayList<>();
        private final StreamObserver<WatchRequest> requests;

        Stream(WatchStub stub) {
            requests = stub.watch(this);
        }

        WatchResponse create(String key, String end) {
            int before = received.size();
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(Requests.bytes(key))
                            .setRangeEnd(Requests.bytes(end)))
                    .build());
            assertThat(received).hasSizeGreaterThan(before);
            return received.get(before);
        }

        void refused(String key, String end, String reason) {
            WatchResponse answer = create(key, end);
            assertThat(answer.getCreated()).isTrue();
            assertThat(answer.getCanceled()).isTrue();
            assertThat(answer.getWatchId()).isEqualTo(-1);
            assertThat(answer.getCancelReason()).isEqualTo(reason);
            assertThat(answer.getHeader().getRaftTerm()).isEqualTo(1);
        }

        void granted(String key, String end) {
            assertThat(create(key, end).getCanceled()).isFalse();
        }

        @Override
        public void onNext(WatchResponse answer) {
            received.add(answer);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}

        void end() {
            requests.onError(Status.CANCELLED.asRuntimeException());
        }
    }

    private Stream streamOf(String user) {
        return new Stream(bed.as(user, bed.etcd.watch));
    }

    @Test
    void case75ARefusedWatchLeavesTheOthersAlone() {
        bed.grant(READWRITE, "a", "b");
        Stream stream = streamOf("alice");
        stream.granted("a", "");
        stream.refused("x", "", DENIED);
        stream.refused("", "", DENIED);

        var _ = bed.as("alice", bed.etcd.kv).put(Requests.put("a", "v").build());
        assertThat(stream.received.getLast().getEventsCount()).isEqualTo(1);
        stream.end();
    }

    @Test
    void case77TheRangeIsJudgedAsItWasAskedFor() {
        bed.grant(READ, "k", "");
        Stream stream = streamOf("alice");
        stream.granted("k", "");
        stream.refused("k", "\0", DENIED);
        stream.refused("k", "k\0\0", DENIED);
        stream.granted("k", "k\0");
        stream.refused("\0", "\0", DENIED);
        stream.end();
    }

    @Test
    void everyKindOfRefusalHasItsWords() {
        Stream nobody = new Stream(bed.etcd.watch);
        nobody.refused("k", "", "rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
        nobody.end();
        Stream garbage = new Stream(AuthBed.withToken("garbage", bed.etcd.watch));
        garbage.refused("k", "", "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
        garbage.end();
    }

    @Test
    void aStreamOpenedBeforeAuthWasOnIsAskedFromThenOn() {
        bed.disable();
        Stream stream = new Stream(bed.etcd.watch);
        stream.granted("k", "");
        bed.enable();
        stream.refused("k", "", "rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
        var _ = bed.as("root", bed.etcd.kv).put(Requests.put("k", "v").build());
        assertThat(stream.received.getLast().getEventsCount()).isEqualTo(1);
        stream.end();
    }

    @Test
    void rootWatchesEverything() {
        Stream stream = streamOf("root");
        stream.granted("\0", "\0");
        stream.end();
    }
}
