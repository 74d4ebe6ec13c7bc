package io.netsy.chaos.cluster;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.netsy.chaos.crash.CrashWorkload;
import io.netsy.chaos.crash.Operation;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One reader at each node, which reads what was written last, linearizably, again and again, and notes what it saw. Each keeps to its
 * node: a deposed primary is asked too.
 */
final class Readers implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final CrashWorkload writers;
    private final Duration patience;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    /**
     * One that was answered.
     *
     * @param revision of the whole store, as its header said
     * @param value empty when there was none
     */
    record Read(int node, long startedNanos, long endedNanos, String key, long revision, String value) {}

    Readers(CrashWorkload writers, List<ManagedChannel> channels, Duration patience) {
        this.writers = writers;
        this.patience = patience;
        for (int i = 0; i < channels.size(); i++) {
            int node = i;
            ManagedChannel channel = channels.get(i);
            threads.add(Thread.ofVirtual().name("reader-" + i).start(() -> readAll(node, channel)));
        }
    }

    private void readAll(int node, ManagedChannel channel) {
        while (!stopping) {
            writers.lastAcknowledged().map(Operation::key).ifPresent(key -> readOne(node, channel, key));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void readOne(int node, ManagedChannel channel, String key) {
        long startedNanos = System.nanoTime();
        try {
            RangeResponse answer = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8(key))
                            .build());
            String value =
                    answer.getKvsCount() == 0 ? "" : answer.getKvs(0).getValue().toStringUtf8();
            reads.add(new Read(
                    node,
                    startedNanos,
                    System.nanoTime(),
                    key,
                    answer.getHeader().getRevision(),
                    value));
        } catch (StatusRuntimeException e) {
            // Nothing was read.
        }
    }

    /** Ends the readers and answers what they read. */
    List<Read> finish() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(reads);
    }

    @Override
    public void close() {
        stopping = true;
    }
}
