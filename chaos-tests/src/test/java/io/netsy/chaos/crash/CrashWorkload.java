package io.netsy.chaos.crash;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.netsy.chaos.crash.Operation.Outcome;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writers that each create a key, update it twice, and go on to the next, in the shapes of kube-apiserver; every value is
 * written once. They go on through crashes and note what they were told.
 */
public final class CrashWorkload implements AutoCloseable {
    private static final String PREFIX = "/crash/";
    private static final int WRITES_PER_KEY = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Of writers that go from node to node: the nodes that come back meanwhile want a share of the processors. */
    public static final Duration REST = Duration.ofMillis(25);

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(320);

    private final String prefix;
    private final List<ManagedChannel> channels;
    private final List<Thread> writers = new ArrayList<>();
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final Duration patience;
    private final boolean rotating;
    private final long restNanos;
    private volatile @Nullable Operation last;
    private volatile boolean stopping;

    CrashWorkload(ManagedChannel channel, int writerCount) {
        this("all", List.of(channel), writerCount);
    }

    /**
     * Begins to write.
     *
     * @param name tells its keys from those of other workloads
     * @param channels of which each writer keeps to one; they stay the caller's
     */
    public CrashWorkload(String name, List<ManagedChannel> channels, int writerCount) {
        this(name, channels, writerCount, new Pace(PATIENCE, Duration.ZERO), false);
    }

    /**
     * Begins to write, with writers that go on to the next channel when one fails, as etcd's clients do.
     *
     */
    public static CrashWorkload rotating(String name, List<ManagedChannel> channels, int writerCount, Pace pace) {
        return new CrashWorkload(name, channels, writerCount, pace, true);
    }

    /**
     * How writers go about it.
     *
     * @param patience how long a write may take
     * @param rest after each key, when all its writes were acknowledged
     */
    public record Pace(Duration patience, Duration rest) {}

    private CrashWorkload(String name, List<ManagedChannel> channels, int writerCount, Pace pace, boolean rotating) {
        this.prefix = PREFIX + name + "/";
        this.channels = List.copyOf(channels);
        this.patience = pace.patience();
        this.rotating = rotating;
        this.restNanos = pace.rest().toNanos();
        for (int i = 0; i < writerCount; i++) {
            int writer = i;
            writers.add(Thread.ofVirtual().name("writer-" + i).start(() -> write(writer)));
        }
    }

    /** How many writes were acknowledged so far. */
    public long acknowledgedCount() {
        return acknowledged.get();
    }

    /** The write that was acknowledged last, if any was. */
    public Optional<Operation> lastAcknowledged() {
        return Optional.ofNullable(last);
    }

    /** All that ended so far, in the order of their ends. */
    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** Ends the writers and answers all that they did. */
    public List<Operation> finish() throws InterruptedException {
        stopping = true;
        for (Thread writer : writers) {
            writer.join();
        }
        return List.copyOf(operations);
    }

    private void write(int writer) {
        int channel = writer % channels.size();
        long pauseNanos = FIRST_PAUSE_NANOS;
        for (int key = 0; !stopping; key++) {
            if (writeKey(channels.get(channel), prefix + writer + "/" + key)) {
                pauseNanos = FIRST_PAUSE_NANOS;
                LockSupport.parkNanos(restNanos);
            } else {
                channel = rotating ? (channel + 1) % channels.size() : channel;
                LockSupport.parkNanos(pauseNanos);
                pauseNanos = Math.min(pauseNanos * 2, LONGEST_PAUSE_NANOS);
            }
        }
    }

    /** Answers whether all writes of the key were acknowledged. */
    private boolean writeKey(ManagedChannel channel, String key) {
        long modRevision = 0;
        for (int i = 0; i < WRITES_PER_KEY && !stopping; i++) {
            String value = key + "#" + i + "#" + "x".repeat(400);
            long startedNanos = System.nanoTime();
            Outcome outcome = writeOnce(channel, key, value, modRevision);
            Operation operation = new Operation(
                    key, value, outcome, startedNanos, Duration.ofNanos(System.nanoTime() - startedNanos));
            operations.add(operation);
            if (!(outcome instanceof Outcome.Acknowledged(long revision))) {
                return false;
            }
            last = operation;
            acknowledged.incrementAndGet();
            modRevision = revision;
        }
        return true;
    }

    private Outcome writeOnce(ManagedChannel channel, String key, String value, long modRevision) {
        ByteString keyBytes = ByteString.copyFromUtf8(key);
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(keyBytes)
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(modRevision))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(
                                PutRequest.newBuilder().setKey(keyBytes).setValue(ByteString.copyFromUtf8(value))))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(keyBytes)))
                .build();
        try {
            TxnResponse response = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .txn(request);
            return response.getSucceeded()
                    ? new Outcome.Acknowledged(response.getHeader().getRevision())
                    : new Outcome.Impossible("compare of mod revision %d failed: %s"
                            .formatted(modRevision, response.getResponses(0).getResponseRange()));
        } catch (StatusRuntimeException e) {
            return new Outcome.Unknown(e.getStatus().toString());
        }
    }

    /** Has the writers end; does not wait for them. */
    @Override
    public void close() {
        stopping = true;
    }
}
