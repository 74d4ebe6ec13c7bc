package io.netsy.etcd.auth;

import static io.netsy.etcd.auth.AuthBed.READ;
import static io.netsy.etcd.auth.AuthBed.WRITE;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.AuthRoleRevokePermissionRequest;
import io.netsy.etcd.proto.rpc.KVGrpc.KVBlockingStub;
import io.netsy.etcd.proto.rpc.KVGrpc.KVStub;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeStreamResponse;
import io.netsy.etcd.testkit.Requests;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may read a range in pages: whoever may read it at once (etcd semantics, section 17). */
class RangeStreamAccessTest {
    private static final int KEYS = 25;

    private final AuthBed bed = AuthBed.enabled();

    @BeforeEach
    void fill() {
        KVBlockingStub root = bed.as("root", bed.etcd.kv);
        for (int i = 0; i < KEYS; i++) {
            var _ = root.put(Requests.put("in/%02d".formatted(i), "v").build());
        }
        bed.grant(READ, "in/", "in0");
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private static int read(KVBlockingStub stub, RangeRequest.Builder request) {
        AtomicInteger keys = new AtomicInteger();
        stub.rangeStream(request.build())
                .forEachRemaining(page -> keys.addAndGet(page.getRangeResponse().getKvsCount()));
        return keys.get();
    }

    @Test
    void theWholeRangeMustBeReadable() {
        KVBlockingStub alice = bed.as("alice", bed.etcd.kv);

        assertThat(read(alice, Requests.range("in/", "in0"))).isEqualTo(KEYS);
        assertThat(read(alice, Requests.range("in/07"))).isEqualTo(1);
        assertFails(EtcdError.PERMISSION_DENIED, () -> read(alice, Requests.range("in/", "in1")));
        assertFails(EtcdError.PERMISSION_DENIED, () -> read(alice, Requests.range("out")));
        assertFails(EtcdError.PERMISSION_DENIED, () -> read(alice, Requests.range("in/", Requests.NO_END)));
        assertThat(read(bed.as("root", bed.etcd.kv), Requests.range("in/", Requests.NO_END)))
                .isEqualTo(KEYS);
    }

    @Test
    void theRightToWriteIsNoneToRead() {
        bed.grant(WRITE, "out", "");
        assertFails(EtcdError.PERMISSION_DENIED, () -> read(bed.as("alice", bed.etcd.kv), Requests.range("out")));
    }

    @Test
    void serializableReadsAndCountsAreAskedToo() {
        KVBlockingStub alice = bed.as("alice", bed.etcd.kv);
        assertFails(
                EtcdError.PERMISSION_DENIED,
                () -> read(alice, Requests.range("out").setSerializable(true)));
        assertFails(
                EtcdError.PERMISSION_DENIED,
                () -> read(alice, Requests.range("out").setCountOnly(true)));
    }

    @Test
    void aCallerMustBeKnown() {
        assertFails(EtcdError.USER_EMPTY, () -> read(bed.etcd.kv, Requests.range("in/", "in0")));
        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> read(AuthBed.withToken("garbage", bed.etcd.kv), Requests.range("in/", "in0")));
        // What the request lacks is said first, as Range does.
        assertFails(EtcdError.EMPTY_KEY, () -> read(bed.etcd.kv, Requests.range("")));
        bed.disable();
        assertThat(read(bed.etcd.kv, Requests.range("in/", "in0"))).isEqualTo(KEYS);
    }

    /** A client that takes one page when it is told to. */
    private static final class PageReader implements ClientResponseObserver<RangeRequest, RangeStreamResponse> {
        private @Nullable ClientCallStreamObserver<RangeRequest> call;
        private @Nullable Status failure;
        private int keys;

        static PageReader of(KVStub stub) {
            PageReader reader = new PageReader();
            stub.rangeStream(Requests.range("in/", "in0").build(), reader);
            return reader;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<RangeRequest> started) {
            call = started;
            started.disableAutoRequestWithInitial(0);
        }

        void take() {
            if (call != null) {
                call.request(1);
            }
        }

        @Override
        public void onNext(RangeStreamResponse page) {
            keys += page.getRangeResponse().getKvsCount();
        }

        @Override
        public void onError(Throwable thrown) {
            failure = Status.fromThrowable(thrown);
        }

        @Override
        public void onCompleted() {}

        private void assertRefusedAfter(int expectedKeys, EtcdError error) {
            take();
            assertThat(keys).isEqualTo(expectedKeys);
            assertThat(failure).isNotNull().returns(error.message(), Status::getDescription);
        }
    }

    @Test
    void aRightThatIsTakenBackEndsTheStream() {
        PageReader alice = PageReader.of(bed.as("alice", bed.etcd.kvCalls));
        alice.take();
        assertThat(alice.keys).isEqualTo(10);

        var _ = bed.auth.roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                .setRole("r")
                .setKey(bytes("in/"))
                .setRangeEnd(bytes("in0"))
                .build());

        alice.assertRefusedAfter(10, EtcdError.PERMISSION_DENIED);
    }

    @Test
    void aStreamThatWasOpenBeforeAuthWasSwitchedOnIsAskedToo() {
        bed.disable();
        PageReader nobody = PageReader.of(bed.etcd.kvCalls);
        nobody.take();
        PageReader garbage = PageReader.of(AuthBed.withToken("garbage", bed.etcd.kvCalls));
        garbage.take();

        bed.enable();

        nobody.assertRefusedAfter(10, EtcdError.USER_EMPTY);
        garbage.assertRefusedAfter(10, EtcdError.INVALID_AUTH_TOKEN);
    }
}
