package io.netsy.etcd.lock;

import static io.netsy.etcd.testkit.Requests.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.lock.LockRequest;
import io.netsy.etcd.proto.lock.LockResponse;
import io.netsy.etcd.proto.lock.UnlockRequest;
import io.netsy.etcd.proto.lock.UnlockResponse;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.RangeRequest.SortTarget;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.Requests;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestStore;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand clients that want one lock at the same time. */
class LockStressTest {
    private static final int CONTENDERS = 1_000;

    private final Queue<ByteString> holders = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger holding = new AtomicInteger();
    private final AtomicInteger mostHolding = new AtomicInteger();

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void eachOfAThousandContendersGetsTheLockOnceInTheOrderOfTheirKeys() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                TestEtcd etcd = new TestEtcd(new TestStore(), executor)) {
            grantLeases(etcd);
            var blocker = etcd.lock.lock(request(CONTENDERS + 1));
            for (int lease = 1; lease <= CONTENDERS; lease++) {
                int contender = lease;
                executor.execute(() -> etcd.lockCalls.lock(request(contender), new Holder(etcd)));
            }
            await().until(() -> etcd.keyEvents.size() == CONTENDERS);
            List<ByteString> byCreation = keysByCreation(etcd);

            unlock(etcd, blocker.getKey());

            await().until(() -> holders.size() + failures.size() >= CONTENDERS && holding.get() == 0);
            assertThat(failures).isEmpty();
            assertThat(mostHolding).hasValue(1);
            assertThat(List.copyOf(holders)).isEqualTo(byCreation.subList(1, byCreation.size()));
            assertThat(etcd.keyEvents.size()).isZero();
        }
    }

    private static void grantLeases(TestEtcd etcd) {
        for (int lease = 1; lease <= CONTENDERS + 1; lease++) {
            var _ = etcd.lease.leaseGrant(
                    LeaseGrantRequest.newBuilder().setID(lease).setTTL(3_600).build());
        }
    }

    private static List<ByteString> keysByCreation(TestEtcd etcd) {
        return etcd.range(Requests.range("crowd/", "crowd0").setSortTarget(SortTarget.CREATE)).getKvsList().stream()
                .map(pair -> pair.getKey())
                .toList();
    }

    private static LockRequest request(long lease) {
        return LockRequest.newBuilder().setName(bytes("crowd")).setLease(lease).build();
    }

    private static void unlock(TestEtcd etcd, ByteString key) {
        UnlockRequest request = UnlockRequest.newBuilder().setKey(key).build();
        var _ = Calls.<UnlockResponse>start(answer -> etcd.lockCalls.unlock(request, answer));
    }

    /** Notes that it holds the lock, and gives it on. */
    private final class Holder implements StreamObserver<LockResponse> {
        private final TestEtcd etcd;

        Holder(TestEtcd etcd) {
            this.etcd = etcd;
        }

        @Override
        public void onNext(LockResponse held) {
            mostHolding.accumulateAndGet(holding.incrementAndGet(), Math::max);
            holders.add(held.getKey());
            holding.decrementAndGet();
            unlock(etcd, held.getKey());
        }

        @Override
        public void onError(Throwable failure) {
            failures.add(failure);
        }

        @Override
        public void onCompleted() {}
    }
}
