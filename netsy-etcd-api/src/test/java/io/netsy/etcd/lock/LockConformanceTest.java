package io.netsy.etcd.lock;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.statusOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.lock.LockRequest;
import io.netsy.etcd.proto.lock.LockResponse;
import io.netsy.etcd.proto.lock.UnlockRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveRequest;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.TestEtcd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Lock service as section 13 of the etcd semantics has it, and case 81 of its section 21. */
class LockConformanceTest {
    private final TestEtcd etcd = new TestEtcd();

    @AfterEach
    void close() {
        etcd.close();
    }

    private void grant(long id, long ttlSeconds) {
        var _ = etcd.lease.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds).build());
    }

    private static LockRequest request(String name, long lease) {
        return LockRequest.newBuilder().setName(bytes(name)).setLease(lease).build();
    }

    private CompletableFuture<LockResponse> lock(long lease) {
        return Calls.start(answer -> etcd.lockCalls.lock(request("mine", lease), answer));
    }

    private long unlock(String key) {
        return etcd.lock
                .unlock(UnlockRequest.newBuilder().setKey(bytes(key)).build())
                .getHeader()
                .getRevision();
    }

    private void assertUnknown(String text, Status status) {
        assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(status.getDescription()).isEqualTo(text);
    }

    private static Status failureOf(CompletableFuture<?> call) {
        assertThat(call).isCompletedExceptionally();
        try {
            return Status.fromThrowable(new AssertionError(call.get()));
        } catch (ExecutionException failure) {
            return Status.fromThrowable(failure);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void case81_theSameLeaseLocksTwiceAndAnotherWaitsForUnlock() throws Exception {
        grant(0x1f, 100);
        grant(0x2f, 100);

        LockResponse first = lock(0x1f).get();
        LockResponse again = lock(0x1f).get();
        CompletableFuture<LockResponse> other = lock(0x2f);

        assertThat(first.getKey()).isEqualTo(bytes("mine/1f"));
        assertThat(again.getKey()).isEqualTo(bytes("mine/1f"));
        assertThat(first.getHeader().getRevision()).isEqualTo(2);
        assertThat(again.getHeader().getRevision()).isEqualTo(2);
        assertThat(first.getHeader().getMemberId()).isNotZero();
        assertThat(other).isNotDone();

        assertThat(unlock("mine/1f")).isEqualTo(4);
        assertThat(other.get().getKey()).isEqualTo(bytes("mine/2f"));
        assertThat(other.get().getHeader().getRevision()).isEqualTo(4);
        assertThat(etcd.keyEvents.size()).isZero();
    }

    @Test
    void case81_expiryOfTheHoldersLeaseGivesTheLockToTheNext() throws Exception {
        grant(1, 5);
        grant(2, 100);
        lock(1).get();
        CompletableFuture<LockResponse> next = lock(2);

        etcd.pass(Duration.ofSeconds(4));
        assertThat(next).isNotDone();
        etcd.pass(Duration.ofSeconds(2));

        assertThat(next.get().getKey()).isEqualTo(bytes("mine/2"));
    }

    @Test
    void theHoldersKeyIsEmptyAndBoundToItsLease() throws Exception {
        grant(-10, 100);
        lock(-10).get();

        var held = etcd.range(range("mine/-a")).getKvs(0);
        assertThat(held.getValue().isEmpty()).isTrue();
        assertThat(held.getLease()).isEqualTo(-10);
    }

    @Test
    void withoutALeaseTheServerGrantsOneOfAMinute() throws Exception {
        LockResponse held = lock(0).get();

        long lease = etcd.range(range(held.getKey().toStringUtf8())).getKvs(0).getLease();
        assertThat(held.getKey().toStringUtf8()).isEqualTo("mine/" + Long.toHexString(lease));
        assertThat(lease).isPositive();
        assertThat(etcd.lease
                        .leaseTimeToLive(
                                LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
                        .getGrantedTTL())
                .isEqualTo(60);
        CompletableFuture<LockResponse> next = lock(0);
        etcd.pass(Duration.ofSeconds(61));
        assertThat(next).isCompleted();
    }

    @Test
    void eachWaitsForTheOneRightBeforeIt() throws Exception {
        for (int lease = 1; lease <= 4; lease++) {
            grant(lease, 100);
        }
        lock(1).get();
        CompletableFuture<LockResponse> second = lock(2);
        CompletableFuture<LockResponse> third = lock(3);
        CompletableFuture<LockResponse> fourth = lock(4);

        unlock("mine/3");
        assertThat(fourth).isNotDone();
        assertThat(third).isNotDone();
        unlock("mine/1");
        assertThat(second).isCompleted();
        assertThat(fourth).isNotDone();
        unlock("mine/2");

        assertThat(fourth.get().getKey()).isEqualTo(bytes("mine/4"));
    }

    @Test
    void whoseKeyWentWhileItWaitedIsTold() throws Exception {
        grant(1, 100);
        grant(2, 100);
        lock(1).get();
        CompletableFuture<LockResponse> second = lock(2);

        var _ = etcd.lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(2).build());
        assertThat(second).isNotDone();
        unlock("mine/1");

        assertUnknown("mutex: session is expired", failureOf(second));
    }

    @Test
    void aKeyThatWasDeletedAndPutAgainIsNotTheOneAhead() throws Exception {
        grant(1, 100);
        grant(2, 100);
        lock(1).get();
        CompletableFuture<LockResponse> second = lock(2);

        var _ = etcd.kv.deleteRange(delete("mine/1").build());
        etcd.put("mine/1", "later");

        assertThat(second).isCompleted();
        assertThat(second.get().getHeader().getRevision()).isEqualTo(4);
    }

    @Test
    void aCancelledWaitTakesItsKeyBack() throws Exception {
        grant(1, 100);
        grant(2, 100);
        lock(1).get();
        Context.CancellableContext client = Context.current().withCancellation();
        CompletableFuture<LockResponse> second = client.call(() -> lock(2));
        assertThat(TestEtcd.keys(etcd.range(range("mine/", NO_END)))).containsExactly("mine/1", "mine/2");

        client.cancel(null);

        assertThat(second).isCompletedExceptionally();
        assertThat(TestEtcd.keys(etcd.range(range("mine/", NO_END)))).containsExactly("mine/1");
        assertThat(etcd.keyEvents.size()).isZero();
        unlock("mine/1");
        assertThat(etcd.revision()).isEqualTo(5);
    }

    @Test
    void whoCancelsAfterItGotTheLockKeepsIt() throws Exception {
        grant(1, 100);
        Context.CancellableContext client = Context.current().withCancellation();
        client.call(() -> lock(1)).get();

        client.cancel(null);

        assertThat(etcd.range(range("mine/1")).getCount()).isEqualTo(1);
    }

    @Test
    void errorsAreEtcdsTextWithoutItsCode() {
        assertUnknown(EtcdError.LEASE_NOT_FOUND.message(), statusOf(() -> etcd.lock.lock(request("mine", 12345))));
        assertUnknown(EtcdError.EMPTY_KEY.message(), statusOf(() -> unlock("")));
        etcd.node.sizeBytes = etcd.node.quotaBytes;
        assertUnknown(EtcdError.NO_SPACE.message(), statusOf(() -> etcd.lock.lock(request("mine", 0))));
    }

    @Test
    void unlockOfAMissingKeyIsWell() {
        assertThat(unlock("never locked")).isEqualTo(1);
    }

    @Test
    void namesDoNotMix() throws Exception {
        grant(1, 100);
        grant(2, 100);
        lock(1).get();

        assertThat(etcd.lock.lock(request("mine2", 2)).getKey()).isEqualTo(bytes("mine2/2"));
        assertThat(etcd.lock.lock(request("", 2)).getKey()).isEqualTo(bytes("/2"));
    }

    @Test
    void stoppingEndsWaitsAndLeavesTheirPlaces() throws Exception {
        grant(1, 100);
        grant(2, 100);
        lock(1).get();
        CompletableFuture<LockResponse> second = lock(2);

        etcd.keyEvents.stop();

        assertUnknown(EtcdError.STOPPED.message(), failureOf(second));
        assertUnknown(EtcdError.STOPPED.message(), failureOf(lock(2)));
    }

    @Test
    void aWaitThatFailsIsAnAnswer() {
        assertThatThrownBy(() -> etcd.lock.lock(request("mine", -1))).hasMessageContaining("requested lease not found");
    }
}
